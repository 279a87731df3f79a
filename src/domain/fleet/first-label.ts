/** The first label of a DNS name: `srv1` of `srv1.contoso.com`; of a name without a domain the whole. */
export function firstLabel(name: string): string {
  return name.split('.', 1)[0] ?? name;
}
