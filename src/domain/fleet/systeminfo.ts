import { systemName } from '#domain/fleet/system-name.ts';

/** What the output of `systeminfo` says of the machine it ran on. */
export interface SysteminfoFacts {
  /** Host name as it stands there. */
  readonly hostName: string;
  /** DNS domain in lower case; absent in a workgroup, or where only a NetBIOS name is told. */
  readonly domain?: string;
  readonly operatingSystem: string;
  /** E.g. 17763. */
  readonly build: number;
  /** Manufacturer and model. */
  readonly model?: string;
  /** Knowledge base articles of the installed updates, e.g. `KB4480116`. */
  readonly hotfixes: readonly string[];
}

/** Why a text was not understood; `line` counts from 1. */
export interface SysteminfoProblem {
  readonly line: number;
  readonly message: string;
}

export type SysteminfoReading =
  | { readonly ok: true; readonly facts: SysteminfoFacts }
  | { readonly ok: false; readonly problem: SysteminfoProblem };

/** The value of one field, and its line. */
interface Entry {
  readonly value: string;
  readonly line: number;
}

const MOST_CHARACTERS = 512 * 1024;
/** `10.0.17763 N/A Build 17763`: the words between and before the second build number are the language's. */
const VERSION = /^\d{1,2}\.\d{1,2}\.(\d{3,5})\b.*\b\1$/u;
const HOST_NAME = /^[\p{L}\p{N}_-]{1,63}$/u;
const DNS_DOMAIN = /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/i;
const PROCESSOR_FAMILY = /x64|x86|arm64|ia64|itanium/i;
const TIME_ZONE = /^\((?:UTC|GMT)(?:[+-]\d{2}:\d{2})?\)/;
const HOTFIX = /\]:\s*(KB\d{5,8})/g;
/** The version is the third field; host name and operating system come before it. */
const VERSION_AT = 2;
/** Manufacturer, model and family of processors come after the product id and two times. */
const EARLIEST_FAMILY = 9;
/** The domain comes after the time zone, five figures of memory and the page files. */
const DOMAIN_AFTER_ZONE = 7;

/**
 * Reads the output of `systeminfo`, `systeminfo /fo list` or `systeminfo /fo csv`, in any language of Windows: the labels are not looked
 * at, for the order of the fields is the same everywhere and what matters has a form of its own. One machine a text.
 */
export function readSysteminfo(text: string): SysteminfoReading {
  if (text.length > MOST_CHARACTERS) return refused(1, `more than ${MOST_CHARACTERS} characters`);
  const entries = entriesOf(text);
  const versions = entries.flatMap(({ value }, at) => (VERSION.test(value) ? [at] : []));
  const [at, second] = versions;
  if (at === undefined) return refused(entries[0]?.line ?? 1, 'no version of Windows such as 10.0.17763 … 17763');
  const line = entries[at]?.line ?? 1;
  if (second !== undefined) return refused(entries[second]?.line ?? 1, 'a second machine; give each a file of its own');
  if (at < VERSION_AT) return refused(line, 'no host name and operating system before the version of Windows');
  return readFields(entries.slice(at - VERSION_AT), text);
}

function readFields(entries: readonly Entry[], text: string): SysteminfoReading {
  const [host, system, version] = entries;
  const [, build = ''] = VERSION.exec(version?.value ?? '') ?? [];
  if (!host || !system || !HOST_NAME.test(host.value))
    return refused(host?.line ?? 1, `"${(host?.value ?? '').slice(0, 80)}" is not a host name`);
  if (!/windows/i.test(system.value)) return refused(system.line, `"${system.value.slice(0, 80)}" is not a Windows`);
  const model = modelOf(entries);
  const domain = domainOf(entries);
  return {
    ok: true,
    facts: {
      hostName: host.value,
      operatingSystem: systemName(system.value),
      build: Number(build),
      ...(model === undefined ? {} : { model }),
      ...(domain === undefined ? {} : { domain }),
      hotfixes: [...new Set([...text.matchAll(HOTFIX)].map(([, article = '']) => article))],
    },
  };
}

/** Manufacturer and model stand before the family of processors. */
function modelOf(entries: readonly Entry[]): string | undefined {
  const family = entries.findIndex(({ value }, at) => at >= EARLIEST_FAMILY && PROCESSOR_FAMILY.test(value));
  if (family < 0) return undefined;
  const words = entries.slice(family - 2, family).map(({ value }) => value);
  const known = words.filter((word) => /\p{L}/u.test(word) && word !== 'N/A');
  return known.length === 0 ? undefined : known.join(' ');
}

function domainOf(entries: readonly Entry[]): string | undefined {
  const zone = entries.findIndex(({ value }) => TIME_ZONE.test(value));
  const domain = zone < 0 ? undefined : entries[zone + DOMAIN_AFTER_ZONE]?.value;
  return domain !== undefined && DNS_DOMAIN.test(domain) ? domain.toLowerCase() : undefined;
}

/** The fields in their order: of the row with the version in CSV, else of the lines that are not indented. */
function entriesOf(text: string): readonly Entry[] {
  const lines = text.split(/\r\n|\n|\r/).map((content, at) => ({ content, line: at + 1 }));
  const rows = lines.filter(({ content }) => content.startsWith('"'));
  if (rows.length > 0) return rows.flatMap(({ content, line }) => fieldsOf(content).map((value) => ({ value, line })));
  return lines
    .filter(({ content }) => /^\S/u.test(content))
    .map(({ content, line }) => ({ value: valueIn(content), line }));
}

/** Fields of a row of CSV; `systeminfo` quotes them all, and what it lists stands in one of them with commas between. */
function fieldsOf(row: string): readonly string[] {
  return [...row.matchAll(/"([^"]*)"/g)].map(([, value = '']) => value.trim());
}

/** What follows the label; the labels that have a colon themselves are those of figures that nobody asks for. */
function valueIn(line: string): string {
  return line.replace(/^[^:：]*[:：]/u, '').trim();
}

function refused(line: number, message: string): SysteminfoReading {
  return { ok: false, problem: { line, message } };
}
