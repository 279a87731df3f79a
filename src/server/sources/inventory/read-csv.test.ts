import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_CSV_LINES, readCsv } from './read-csv.ts';

const PLANS = { names: ['early'], has: (name: string) => name === 'early' };

async function told(text: string): Promise<string[]> {
  return (await readCsv(text, PLANS)).problems.map(({ line, column, message }) => `${line} ${column ?? ''} ${message}`);
}

test('separators, byte order marks, line ends and letter case of headers are as spreadsheets write them', async () => {
  for (const separator of [',', ';', '\t'])
    for (const end of ['\n', '\r\n', '\r']) {
      const text = `\uFEFFServer${separator}Redundancy Group${end}SRV1${separator}"a, b; c"${end}${end}`;
      const { lines, problems } = await readCsv(text.replace('"a, b; c"', '"Farm 1"'), PLANS);
      assert.deepEqual(problems, []);
      assert.deepEqual(
        lines.map(({ name, said }) => [name, said[0]?.value]),
        [['srv1', 'farm 1']],
      );
    }
});

test('lines of different ends in one file are all lines', async () => {
  assert.equal((await readCsv('server\r\na\nb\rc', PLANS)).lines.length, 3);
});

test('lines within a cell are counted once, whatever ends them', async () => {
  for (const end of ['\n', '\r\n', '\r'])
    assert.deepEqual(
      (await told(['server,tier,notes', 'a,high,"two', 'lines"', 'b,x,', ''].join(end))).map((one) => one.slice(0, 7)),
      ['3 notes', '4 tier '],
    );
});

test('text is whole wherever it is cut into pieces', async () => {
  const note = '😀'.repeat(900);
  const { lines } = await readCsv(
    `server,notes\n${Array.from({ length: 80 }, (_, n) => `s${n},${note}`).join('\n')}`,
    PLANS,
  );
  assert.equal(lines.length, 80);
  assert.ok(lines.every(({ said }) => said[0]?.value === note));
});

test('a header that names no servers is told alone, any other with what is wrong below it', async () => {
  assert.deepEqual(await told('sever,notes,Notes\na,b,c,d'), [
    '1 sever there is no column "sever". Did you mean "server"?',
    '1 notes the column stands here twice',
    '1  the column "server" is missing: it names each server',
  ]);
  assert.deepEqual(await told('server,tier,\na,high,'), ['1  the column 3 has no name']);
  const [column, ...below] = await told('server,teir,environment\na,high,moon\nb,low,test');
  assert.match(column ?? '', /^1 teir there is no column/);
  assert.deepEqual(below.length, 1);
  assert.match(below[0] ?? '', /^2 environment /);
  assert.deepEqual(await told(''), ['1  the file is empty']);
});

test('quotation marks within a cell are text; one that is never closed is told, and what came before it too', async () => {
  const { lines, problems } = await readCsv('server,notes\na,19" rack\nb,"19"" rack"', PLANS);
  assert.deepEqual([lines.map(({ said }) => said[0]?.value), problems], [['19" rack', '19" rack'], []]);
  const found = await told('server,tier\na,x\nb,"high\nc,low');
  assert.deepEqual(
    found.map((line) => line.slice(0, 20)),
    ['2 tier "x" is not on', '4  a quotation mark '],
  );
});

test('a file without end of lines or of quotation marks is refused with few words', async () => {
  const endless = await readCsv(`server,notes\n"${'a,b\n'.repeat(200_000)}`, PLANS);
  assert.equal(endless.problems.length, 1);
  const long = await told(`server,notes\n${'a,b\n'.repeat(MOST_CSV_LINES + 1)}`);
  assert.deepEqual(long, [`${MOST_CSV_LINES + 2}  the file has more than ${MOST_CSV_LINES} lines`]);
});

test('the reading of a file of nothing but mistakes ends, and says where', async () => {
  const found = await told(`server,tier\n${'a,x\n'.repeat(10_010)}`);
  assert.equal(found.length, 10_001);
  assert.equal(found.at(-1), '10002  this line and what follows was not read: too much is wrong before it');
});
