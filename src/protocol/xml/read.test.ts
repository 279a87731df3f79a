import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_LIMITS, readXml, type XmlHandler, type XmlLimits, XmlRefusal } from './read.ts';

interface Recorder extends XmlHandler {
  readonly events: string[];
}

function recorder(): Recorder {
  const events: string[] = [];
  return {
    events,
    open: (name, namespace, nil) => events.push(`<${namespace}|${name}${nil ? ' nil' : ''}>`),
    text: (piece) => events.push(piece),
    close: () => events.push('/'),
  };
}

function eventsOf(source: string | Uint8Array): string[] {
  const handler = recorder();
  assert.deepEqual(readXml(source, handler), { ok: true });
  return handler.events;
}

function codeOf(source: string | Uint8Array, limits: Partial<XmlLimits> = {}): string {
  const outcome = readXml(source, recorder(), { ...DEFAULT_LIMITS, ...limits });
  return outcome.ok ? 'ok' : outcome.code;
}

const XSI = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';

describe('what is read', () => {
  test('names with their namespaces, text, comments left out, CDATA as text', () => {
    const source =
      '<?xml version="1.0" encoding="UTF-8"?><!-- c --><p:a xmlns:p="urn:p"><b xmlns="urn:b">x&amp;<![CDATA[<y>]]></b></p:a>\n';
    assert.deepEqual(eventsOf(source), ['<urn:p|a>', '<urn:b|b>', 'x&', '<y>', '/', '/']);
  });

  test('xsi:nil under any prefix, and only where it says so', () => {
    const source = `<a ${XSI}><b i:nil="1"/><c i:nil="true"/><d i:nil="false"/><e nil="1"/></a>`;
    assert.deepEqual(eventsOf(source), ['<|a>', '<|b nil>', '/', '<|c nil>', '/', '<|d>', '/', '<|e>', '/', '/']);
  });

  test('bytes with and without a byte order mark', () => {
    assert.deepEqual(eventsOf(new TextEncoder().encode('<a>é</a>')), ['<|a>', 'é', '/']);
    assert.deepEqual(eventsOf(new TextEncoder().encode('\ufeff<a/>')), ['<|a>', '/']);
  });
});

describe('what is refused', () => {
  for (const [what, source, code] of [
    ['a DTD', '<!DOCTYPE a><a/>', 'forbidden'],
    ['a DTD with an entity bomb', '<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>', 'forbidden'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 'forbidden'],
    ['a processing instruction', '<a><?php run ?></a>', 'forbidden'],
    ['an undefined entity', '<a>&nbsp;</a>', 'not-well-formed'],
    ['an entity named like a property of every object', '<a>&constructor;</a>', 'not-well-formed'],
    ['an undeclared prefix', '<p:a/>', 'not-well-formed'],
    ['a prefix named like a property of every object', '<constructor:a/>', 'not-well-formed'],
    ['a reference to no character', '<a>&#0;</a>', 'not-well-formed'],
    ['a NUL', '<a>\u0000</a>', 'not-well-formed'],
    ['a lone surrogate', '<a>\ud800</a>', 'not-well-formed'],
    ['an attribute given twice', '<a b="1" b="2"/>', 'not-well-formed'],
    ['a truncated document', '<a><b>text</b>', 'not-well-formed'],
    ['two roots', '<a/><b/>', 'not-well-formed'],
    ['nothing', '', 'not-well-formed'],
    ['text alone', 'hello', 'not-well-formed'],
    ['another encoding', '<?xml version="1.0" encoding="utf-16"?><a/>', 'not-utf8'],
    ['controls of XML 1.1', '<?xml version="1.1"?><a>&#1;</a>', 'not-well-formed'],
  ] as const) {
    test(what, () => assert.equal(codeOf(source), code));
  }

  test('bytes that are not UTF-8', () => {
    assert.equal(codeOf(Uint8Array.of(0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e)), 'not-utf8');
    assert.equal(codeOf(Uint8Array.of(0xff, 0xfe, 0x3c, 0, 0x61, 0)), 'not-utf8');
  });

  test('the place of the fault is told, the message is short', () => {
    const outcome = readXml(`<a>\n  <b></${'c'.repeat(10_000)}></a>`, recorder());
    assert.ok(!outcome.ok);
    assert.equal(outcome.line, 2);
    assert.ok(outcome.column > 5 && outcome.message.length <= 200);
  });

  test('the refusal of the handler ends the reading', () => {
    const handler = recorder();
    const outcome = readXml('<a><b/><c/></a>', {
      ...handler,
      open(name, namespace, nil) {
        if (name === 'b') throw new XmlRefusal('no b here');
        handler.open(name, namespace, nil);
      },
    });
    assert.ok(!outcome.ok && outcome.code === 'refused' && outcome.message === 'no b here');
    assert.deepEqual(handler.events, ['<|a>']);
  });

  test('errors of the handler are not swallowed', () => {
    const broken = { ...recorder(), open: () => assert.fail('a bug') };
    assert.throws(() => readXml('<a/>', broken), /a bug/);
  });
});

describe('limits', () => {
  test('each limit holds exactly', () => {
    assert.equal(codeOf('<a/>', { size: 4 }), 'ok');
    assert.equal(codeOf('<a/>', { size: 3 }), 'too-large');
    assert.equal(codeOf('<a><b/></a>', { depth: 2 }), 'ok');
    assert.equal(codeOf('<a><b><c/></b></a>', { depth: 2 }), 'too-large');
    assert.equal(codeOf('<a><b/><b/></a>', { elements: 3 }), 'ok');
    assert.equal(codeOf('<a><b/><b/></a>', { elements: 2 }), 'too-large');
    assert.equal(codeOf('<a b="" c=""/>', { attributes: 2 }), 'ok');
    assert.equal(codeOf('<a b="" c="" d=""/>', { attributes: 2 }), 'too-large');
    assert.equal(codeOf('<a b="123"/>', { attributeLength: 3 }), 'ok');
    assert.equal(codeOf('<a b="1234"/>', { attributeLength: 3 }), 'too-large');
    assert.equal(codeOf('<a>123</a>', { textLength: 3 }), 'ok');
    assert.equal(codeOf('<a>1234</a>', { textLength: 3 }), 'too-large');
    assert.equal(codeOf('<a><![CDATA[1234]]></a>', { textLength: 3 }), 'too-large');
  });

  test('a million levels, attributes or entities end at the limit, not in the stack or the memory', () => {
    const million = 1_000_000;
    assert.equal(codeOf('<a>'.repeat(million)), 'too-large');
    assert.equal(codeOf(`<a ${'b="" '.repeat(million)}/>`), 'too-large');
    assert.equal(codeOf(`<a>${'<b/>'.repeat(million)}</a>`), 'too-large');
    assert.equal(codeOf(`<a>${'&lt;'.repeat(million)}</a>`, { textLength: 1000 }), 'too-large');
    assert.equal(codeOf(`<!DOCTYPE a [${'<!ENTITY x "y">'.repeat(100_000)}]><a/>`), 'forbidden');
    assert.equal(codeOf('\u0000'.repeat(million)), 'not-well-formed');
    assert.equal(codeOf('<'.repeat(million)), 'not-well-formed');
  });
});

describe('numbers of lists', () => {
  /** A recorder that takes numbers whole, and writes down what they stand for. */
  function withInts(): Recorder {
    const handler = recorder();
    return { ...handler, int: (value, namespace) => handler.events.push(`<${namespace}|int>`, String(value), '/') };
  }

  test('are told whole only in their plainest form', () => {
    const taken: number[] = [];
    const source =
      '<a><int>7</int><int>8</int> <int>9</int><b><int>10</int><int> 11</int><int>12</int></b><!-- ><int>1</int>--></a>';
    assert.deepEqual(readXml(source, { ...recorder(), int: (value) => taken.push(value) }), { ok: true });
    assert.deepEqual(taken, [7, 8, 10]);
  });

  test('mean the same whichever way they are told, in any text', () => {
    const pieces = [
      '<int>',
      '</int>',
      '<int>1</int>',
      '<int>23</int>',
      '<int>2147483648</int>',
      '<int>-4</int>',
      '<int/>',
      '<b>',
      '</b>',
    ];
    const more = [
      '<b x="',
      '">',
      '<c/>',
      '<!-- ',
      ' -->',
      '<![CDATA[',
      ']]>',
      '&amp;',
      '&x;',
      'x',
      '\n',
      '\r',
      '>',
      ' ',
      '/',
      '5',
      '<int xmlns="n">6',
    ];
    const wraps = ['<a>*</a>', '<p:a xmlns:p="urn:p" xmlns="urn:d"><b>*</b></p:a>', '<a><ints>*</ints></a>', '*'];
    const source = fc.tuple(
      fc.constantFrom(...wraps),
      fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 12 }),
    );
    fc.assert(
      fc.property(source, ([wrap, parts]) => {
        const text = wrap.replace('*', () => parts.join(''));
        const [plain, quick] = [recorder(), withInts()];
        const limits = { ...DEFAULT_LIMITS, depth: 5, elements: 9 };
        assert.deepEqual(faultOf(readXml(text, quick, limits)), faultOf(readXml(text, plain, limits)));
        assert.deepEqual(textOf(quick), textOf(plain));
      }),
      { numRuns: 3_000 },
    );
  });

  /** The column may be one or the other end of what is wrong. */
  function faultOf(outcome: ReturnType<typeof readXml>) {
    return outcome.ok ? 'none' : [outcome.code, outcome.message, outcome.line];
  }

  /** Texts may come in other pieces. */
  function textOf({ events }: Recorder): string {
    return events.join('');
  }
});
