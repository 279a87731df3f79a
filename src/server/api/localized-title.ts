/** The title in a localized fragment that is stored escaped once more, as it stands inside `<Xml>`. */
export function localizedTitle(escaped: string): string {
  return unescaped(/<Title>([^<]*)<\/Title>/.exec(unescaped(escaped))?.[1] ?? '');
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['amp', '&'],
  ['#xD', '\r'],
]);

/** Takes one level of the escapes back that our own writers make. */
function unescaped(text: string): string {
  return text.replace(/&(lt|gt|quot|amp|#xD);/g, (whole, name: string) => ENTITIES.get(name) ?? whole);
}
