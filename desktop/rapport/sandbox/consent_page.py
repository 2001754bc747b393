"""The page on which a person chooses a location and allows or denies access.

Self-contained: no script, nothing loaded from elsewhere, light and dark as the system asks.
"""

from collections.abc import Mapping, Sequence
from html import escape
from string import Template

from .scopes import PLAIN
from .store import Doc

#: Fields of the request that the form sends back, so that the server keeps no session.
_CARRIED = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
)

_STYLE = """
:root { color-scheme: light dark; --page:#fff; --text:#1B1F27; --muted:#5B6472; --line:#DDE1E7;
  --edge:#7F8794; --tint:#F6F7F9; --ink:#3A3F4B; --on-ink:#fff; --ring:#2F5FDE; }
@media (prefers-color-scheme: dark) {
  :root { --page:#1B1E25; --text:#E8EAEF; --muted:#A2AAB8; --line:#313642; --edge:#7E8798;
    --tint:#14161B; --ink:#C9CED9; --on-ink:#1B1F27; --ring:#8AA6FF; } }
* { box-sizing:border-box; }
html, body { margin:0; background:var(--page); color:var(--text);
  font:14px/1.4 system-ui, "Inter", "Noto Sans", sans-serif; }
header { display:flex; justify-content:space-between; gap:16px; padding:12px 24px;
  border-bottom:1px solid var(--line); }
header b { font-weight:700; }
header span { color:var(--muted); }
main { max-width:472px; margin:0 auto; padding:18px 16px 12px; }
h1 { font-size:20px; line-height:1.3; margin:0 0 4px; }
p { margin:0; color:var(--muted); font-size:13px; }
fieldset { border:0; margin:0; padding:0; }
legend { padding:0; }
.place { display:flex; align-items:center; gap:12px; margin-top:8px; padding:5px 14px;
  line-height:1.3; border:1px solid var(--line); border-radius:8px; cursor:pointer; }
.place:first-of-type { margin-top:14px; }
.place:hover { background:var(--tint); }
.place:has(input:checked) { border-color:var(--ink); box-shadow:0 0 0 1px var(--ink); }
.place input { width:16px; height:16px; margin:0; accent-color:var(--ink); }
.place b { display:block; font-size:13px; }
.place small { display:block; color:var(--muted); font-size:12px; }
h2 { font-size:13px; margin:12px 0 2px; }
ul { margin:0; padding:0; list-style:none; }
li { padding:3px 0; font-size:13px; line-height:1.35; }
li code { display:block; color:var(--muted); font:11px/1.4 ui-monospace, monospace; }
.choice { display:flex; justify-content:flex-end; gap:8px; margin-top:16px; }
button { font-family:inherit; font-size:13px; font-weight:600; min-width:88px;
  padding:0 18px; height:36px; border-radius:8px; border:1px solid var(--edge);
  background:transparent; color:var(--text); cursor:pointer; }
#allow { background:var(--ink); border-color:var(--ink); color:var(--on-ink); }
:focus-visible { outline:2px solid var(--ring); outline-offset:2px; }
"""

_PAGE = Template(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>$style</style>
</head>
<body>
<header><b>Marketplace</b><span>$owner</span></header>
<main>
$main
</main>
</body>
</html>
"""
)


def _page(title: str, main: str, owner: str = "") -> str:
    return _PAGE.substitute(title=escape(title), style=_STYLE, main=main, owner=escape(owner))


def choose(
    *,
    locations: Sequence[Doc],
    agency: Doc | None,
    scopes: Sequence[str],
    action: str,
    asked: Mapping[str, str],
    users: Sequence[Doc],
    owner: str,
) -> str:
    """The choose-location page; the first location and the owner among ``users`` are chosen
    beforehand. ``agency`` is None where
    the app is for single locations."""
    carried = "\n".join(
        f'<input type="hidden" name="{name}" value="{escape(asked[name])}">'
        for name in _CARRIED
        if name in asked
    )
    offered = [
        (place["id"], place["name"], f"{place['city']}, {place['countryName']}")
        for place in locations
    ]
    if agency is not None:
        offered.append((agency["id"], agency["name"], f"All {agency['places']} locations"))
    places = "\n".join(
        f'<label class="place"><input type="radio" name="location_id" required'
        f' value="{escape(id)}"{" checked" if n == 0 else ""}>'
        f"<span><b>{escape(name)}</b><small>{escape(where)}</small></span></label>"
        for n, (id, name, where) in enumerate(offered)
    )
    granted = "\n".join(
        f"<li>{escape(PLAIN[scope])}<code>{escape(scope)}</code></li>" for scope in scopes
    )
    people = "\n".join(
        f'<option value="{escape(user["id"])}"{" selected" if user["email"] == owner else ""}>'
        f"{escape(user['name'])} ({escape(user['roles']['role'])})</option>"
        for user in users
    )
    main = f"""<form method="post" action="{escape(action)}">
{carried}
<fieldset>
<legend><h1>Choose a location for Rapport</h1></legend>
<p>The app is given access to what you choose and nothing else.</p>
{places}
</fieldset>
<div class="choice">
<button id="deny" name="decision" value="deny" formnovalidate>Deny</button>
<button id="allow" name="decision" value="allow" autofocus>Allow</button>
</div>
<h2>Rapport will be able to</h2>
<ul>
{granted}
</ul>
<p><label>Who signs in <select name="user_id">
{people}
</select></label></p>
</form>"""
    return _page("Choose a location", main, f"{owner} · Sandbox")


def error(title: str, detail: str) -> str:
    return _page(title, f'<h1>{escape(title)}</h1>\n<p id="detail">{escape(detail)}</p>')
