import assert from 'node:assert/strict';
import { test } from 'node:test';
import { optional, record } from '#protocol/xml/codec.ts';
import { DEFAULT_LIMITS } from '#protocol/xml/read.ts';
import { text } from '#protocol/xml/scalars.ts';
import { ENVELOPE, readEnvelope } from './envelope.ts';
import { writeFaultEnvelope } from './fault.ts';

const ASK = record<{ readonly word?: string }>({ word: optional('word', text(10)) });

function read(source: string) {
  return readEnvelope(
    source,
    ({ name, namespace }) => (name === 'Ask' && namespace === 'urn:x' ? ASK : undefined),
    DEFAULT_LIMITS,
  );
}

function message(body: string, ns = ENVELOPE['1.1']): string {
  return `<e:Envelope xmlns:e="${ns}"><e:Header><a><b>skipped</b></a></e:Header><e:Body>${body}</e:Body></e:Envelope>`;
}

test('the first element of the body is the message, in both versions, under any prefix', () => {
  for (const version of ['1.1', '1.2'] as const) {
    const value = { word: 'hello' };
    assert.deepEqual(read(message('<q:Ask xmlns:q="urn:x"><q:word>hello</q:word></q:Ask>', ENVELOPE[version])), {
      ok: true,
      version,
      value,
    });
  }
  const second = read(message('<Ask xmlns="urn:x"><word>one</word></Ask><Ask xmlns="urn:x"><word>two</word></Ask>'));
  assert.ok(second.ok && second.value.word === 'one');
});

test('unknown elements are skipped with all that is in them', () => {
  const outcome = read(message('<Ask xmlns="urn:x"><new><word>no</word></new><word>yes</word></Ask>'));
  assert.ok(outcome.ok && outcome.value.word === 'yes');
});

test('what is no message of ours is refused', () => {
  const refusals = [
    ['<a/>', 'not a SOAP envelope'],
    ['<Envelope/>', 'not a SOAP envelope'],
    [message(''), 'no message in the body'],
    [
      `<e:Envelope xmlns:e="${ENVELOPE['1.1']}"><Body><Ask xmlns="urn:x"/></Body></e:Envelope>`,
      'no message in the body',
    ],
    [message('<Tell xmlns="urn:x"/>'), 'unknown message Tell'],
    [message('<Ask xmlns="urn:y"/>'), 'unknown message Ask'],
  ] as const;
  for (const [source, expected] of refusals) {
    const outcome = read(source);
    assert.ok(!outcome.ok);
    assert.equal(outcome.message, expected);
  }
});

test('a refused parameter is named', () => {
  const outcome = read(message('<Ask xmlns="urn:x"><word>more than ten</word></Ask>'));
  assert.ok(!outcome.ok);
  assert.equal(outcome.parameter, 'word');
  assert.equal(outcome.message, 'longer than 10 characters');
  assert.deepEqual(outcome.body, { name: 'Ask', namespace: 'urn:x' });
});

test('a document that breaks off after its message is refused', () => {
  const whole = message('<Ask xmlns="urn:x"/>');
  assert.ok(read(whole).ok);
  assert.ok(!read(whole.slice(0, -1)).ok);
});

test('faults in the looks of both services and both versions', () => {
  const fault = {
    blames: 'Client',
    reason: 'Fault occurred',
    detail: [
      ['ErrorCode', 'A&B'],
      ['Message', ''],
    ],
  } as const;
  assert.equal(
    writeFaultEnvelope(fault, 'wcf', '1.1'),
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode>' +
      '<faultstring>Fault occurred</faultstring><detail><ErrorCode>A&amp;B</ErrorCode><Message/></detail></s:Fault></s:Body></s:Envelope>',
  );
  assert.match(
    writeFaultEnvelope(fault, 'asmx', '1.1'),
    /^<\?xml version="1.0" encoding="utf-8"\?><soap:Envelope .*<faultcode>soap:Client</,
  );
  assert.match(
    writeFaultEnvelope({ ...fault, blames: 'Server' }, 'asmx', '1.2'),
    /<soap:Value>soap:Receiver<.*<Detail><ErrorCode>A&amp;B</,
  );
});
