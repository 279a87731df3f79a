/** The page at `/` where the console was not built: what this is and where to go on. */
export function welcomePage(version: string, clock: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Second Tuesday</title></head>
<body>
<h1>Second Tuesday ${escaped(version)}</h1>
<p>Managed Windows Server patching. Windows Update Agents do not come here but to the addresses that
<code>second-tuesday status</code> lists.</p>
<p>The web console is not built in this checkout: <code>npm start</code> builds it.</p>
<p>Clock: ${escaped(clock)}</p>
<ul>
<li><a href="/api/v1/openapi.json">The API as an OpenAPI document</a>; everything below <code>/api/v1</code> wants a token</li>
<li><a href="/healthz">Health</a>, <a href="/readyz">readiness</a>, <a href="/metrics">metrics</a></li>
<li>For operators: <code>docs/operators-guide.md</code> and <code>second-tuesday --help</code></li>
</ul>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
