/** The bytes 128–255 of the consoles of western and of central Europe, which no library of the platform reads. */
const CONSOLE_PAGES: Readonly<Record<string, string>> = {
  cp850:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐' +
    '└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0',
  cp852:
    'ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐' +
    '└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u00ad˝˛ˇ˘§÷¸°¨˙űŘř■\u00a0',
};

/** Code pages of a language's console and of its windows, in this order: a redirection in a console writes the former. */
const PAGES: Readonly<Record<string, readonly [string, string]>> = {
  ja: ['shift_jis', 'shift_jis'],
  ko: ['euc-kr', 'euc-kr'],
  zh: ['gbk', 'big5'],
  ru: ['ibm866', 'windows-1251'],
  uk: ['ibm866', 'windows-1251'],
  bg: ['ibm866', 'windows-1251'],
  ...Object.fromEntries(
    ['cs', 'hr', 'hu', 'pl', 'ro', 'sk', 'sl'].map((language) => [language, ['cp852', 'windows-1250']]),
  ),
};
const WESTERN = ['cp850', 'windows-1252'] as const;
/** What `systeminfo` says of the language itself, e.g. `de;Deutsch (Deutschland)`: these letters are the same in every code page. */
const LOCALE = /\b([a-z]{2})(?:-[a-z]{2,4})?;/;

/**
 * The text of a file that a console or PowerShell wrote: UTF-8 or UTF-16 where it is one, else the code page of the language that it names
 * in which more of it reads as words. Where no page fits, accented letters come out wrong, digits and others never do.
 */
export function decodeSysteminfo(bytes: Uint8Array): string {
  const unicode = decodeUnicode(bytes);
  if (unicode !== undefined) return unicode;
  const [, language = ''] = LOCALE.exec(decode('latin1', bytes)) ?? [];
  const texts = (PAGES[language] ?? WESTERN).map((page) => decode(page, bytes));
  return texts.reduce((best, text) => (oddities(text) < oddities(best) ? text : best));
}

function decodeUnicode(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decode('utf-16le', bytes);
  if (first === 0xfe && second === 0xff) return decode('utf-16be', bytes);
  if (bytes.subarray(0, 64).includes(0)) return decode(first === 0 ? 'utf-16be' : 'utf-16le', bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function decode(page: string, bytes: Uint8Array): string {
  const upper = CONSOLE_PAGES[page];
  if (upper === undefined) return new TextDecoder(page).decode(bytes);
  return Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : (upper[byte - 128] ?? ''))).join('');
}

/** How many signs are not what words are made of: lines and signs between letters, capitals after small letters, what did not decode. */
function oddities(text: string): number {
  const foreign = text.match(/[^\p{ASCII}\p{L}\p{M}\p{N}\p{P}\p{Z}]|\ufffd|[\u0080-\u009f]/gu)?.length ?? 0;
  const capitals =
    text.match(/(?<=\p{Ll})[^\p{ASCII}]/gu)?.filter((sign) => !/\p{Ll}|\p{Z}|[’”»]/u.test(sign)).length ?? 0;
  return foreign + capitals;
}
