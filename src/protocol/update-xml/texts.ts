import { childrenNamed, childText, onlyChild, refusal, textOf, type XmlElement } from './element.ts';

/** What people read about an update, in one language. */
export interface LocalizedText {
  /** As the document writes it, e.g. `pt-br`. */
  readonly language: string;
  readonly title: string;
  readonly description?: string;
  readonly uninstallNotes?: string;
  readonly moreInfoUrls: readonly string[];
  readonly supportUrl?: string;
}

/** Reads every `LocalizedProperties`; there is at least one, each with a title and a language of its own. */
export function textsOf(collection: XmlElement): readonly LocalizedText[] {
  const elements = childrenNamed(collection, 'LocalizedProperties');
  if (elements.length === 0) throw refusal(collection, 'update.no-title', 'there is no title in any language');
  const languages = new Set<string>();
  return elements.map((element) => {
    const text = textIn(element);
    const language = text.language.toLowerCase();
    if (languages.has(language)) throw refusal(element, 'update.duplicate-language', `two texts in ${text.language}`);
    languages.add(language);
    return text;
  });
}

function textIn(element: XmlElement): LocalizedText {
  const language = childText(element, 'Language');
  if (language === undefined) throw refusal(element, 'update.missing-element', 'a text without a language');
  const title = childText(element, 'Title');
  if (title === undefined)
    throw refusal(onlyChild(element, 'Title') ?? element, 'update.no-title', 'a text without a title');
  const description = childText(element, 'Description');
  const uninstallNotes = childText(element, 'UninstallNotes');
  const supportUrl = childText(element, 'SupportUrl');
  return {
    language,
    title,
    ...(description !== undefined && { description }),
    ...(uninstallNotes !== undefined && { uninstallNotes }),
    moreInfoUrls: childrenNamed(element, 'MoreInfoUrl')
      .map(textOf)
      .filter((url) => url !== ''),
    ...(supportUrl !== undefined && { supportUrl }),
  };
}

/** The title for lists: English, else that of the default language, else the first. */
export function principalTitle(texts: readonly LocalizedText[], defaultLanguage: string | undefined): string {
  const inLanguage = (language: string) => texts.find((text) => text.language.toLowerCase() === language);
  const text =
    inLanguage('en') ??
    texts.find(({ language }) => language.toLowerCase().startsWith('en-')) ??
    inLanguage(defaultLanguage?.toLowerCase() ?? 'en') ??
    texts[0];
  return text?.title ?? '';
}
