/** `KB5031361`, however the metadata writes it; empty without one. */
export function knowledgeBase(kb: string | undefined): string {
  return kb === undefined || kb === '' ? '' : `KB${kb.replace(/^kb/i, '')}`;
}

/** The title, with the KB number before it unless it has it already. */
export function updateName({ kb, title }: { readonly kb?: string | undefined; readonly title: string }): string {
  const number = knowledgeBase(kb);
  return number === '' || title.includes(number) ? title : `${number} ${title}`;
}
