import { detectoidDocuments } from './detectoids.ts';
import { writeDocument } from './document.ts';

/** A document that an importer must refuse, and what is wrong with it. */
export interface MalformedDocument {
  readonly name: string;
  readonly xml: string;
}

/** Documents that are each wrong in one way, made from a right one. */
export function malformedDocuments(): readonly MalformedDocument[] {
  const right = detectoidDocuments().slice(0, 1).map(writeDocument).join('');
  return [
    { name: 'empty', xml: '' },
    { name: 'cut-off', xml: right.slice(0, right.length / 2) },
    { name: 'unbound-prefix', xml: right.replace('<bar:', '<nobody:') },
    { name: 'with-dtd', xml: `<!DOCTYPE a [<!ENTITY b "c">]>${right}` },
    { name: 'other-root', xml: '<update />' },
    { name: 'without-identity', xml: right.replace(/<upd:UpdateIdentity [^>]*>/, '') },
    { name: 'bad-guid', xml: right.replace(/UpdateID="[^"]*"/, 'UpdateID="not-a-guid"') },
    { name: 'bad-revision', xml: right.replace(/RevisionNumber="[^"]*"/, 'RevisionNumber="4294967296"') },
    { name: 'unknown-type', xml: right.replace('UpdateType="Detectoid"', 'UpdateType="Firmware"') },
    { name: 'without-title', xml: right.replace(/<upd:Title>[^<]*<\/upd:Title>/, '') },
  ];
}
