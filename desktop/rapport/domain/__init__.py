"""What the CRM is made of: records, commands, changes, errors. Pure: no Qt, no I/O, no clock."""
