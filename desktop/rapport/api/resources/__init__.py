"""The CRM's operations as typed methods, by the resource they are about.

Each method takes and returns the field names of ``domain`` and takes its method, path, version and
scope from the operations catalogue.
"""
