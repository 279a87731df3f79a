import { command } from '#cli/command.ts';
import { andMore, LIST_OPTIONS, listed } from '#cli/lists.ts';
import { bytes, many } from '#cli/output/amounts.ts';
import { fields, hanging, table } from '#cli/output/layout.ts';
import { utc } from '#cli/output/moments.ts';
import type { Page } from '#cli/output/page.ts';
import { knowledgeBase } from '#cli/update-name.ts';
import type { EndpointResult } from '#contract/endpoint.ts';
import { listUpdates, showUpdate } from '#contract/endpoints/catalogue.ts';

const VERDICTS = ['approve', 'not-approve', 'review'] as const;

export const catalogueList = command({
  name: 'catalogue list',
  group: 'Catalogue and policy',
  summary: 'Updates that can be approved, with the verdict on each.',
  options: {
    search: { type: 'string', description: 'part of the title, or the KB number' },
    verdict: { type: 'string', choices: VERDICTS, description: 'only those of this verdict' },
    ...LIST_OPTIONS,
  },
  run({ options: { search, verdict, ...list }, service }) {
    const chosen = VERDICTS.find((one) => one === verdict);
    const filter = {
      ...(search === undefined ? {} : { search }),
      ...(chosen === undefined ? {} : { verdict: chosen }),
    };
    return listed(list, (query) => service.call(listUpdates, { query: { ...query, ...filter } }));
  },
  show(list, page) {
    const columns = [
      { title: 'Published' },
      { title: 'KB' },
      { title: 'Verdict' },
      { title: 'Class' },
      { title: 'Size', right: true },
      { title: 'Title' },
    ] as const;
    const rows = list.items.map((update) => [
      update.published.slice(0, 10),
      knowledgeBase(update.kb),
      update.verdict,
      update.class,
      bytes(update.size),
      `${update.title}${update.expired ? ' [expired]' : update.superseded ? ' [superseded]' : ''}`,
    ]);
    return table(page, columns, rows, 'No updates. `import` brings some in.') + andMore(list);
  },
});

export const catalogueShow = command({
  name: 'catalogue show',
  group: 'Catalogue and policy',
  summary: 'One update: verdict, relations, files, licence.',
  positionals: { update: { value: 'UPDATE', description: 'update id, KB number, or part of a title that fits one' } },
  run: ({ args, service }) => service.call(showUpdate, { params: { update: args.update } }),
  show: updateText,
});

function updateText(update: EndpointResult<typeof showUpdate>, page: Page): string {
  const { files, links } = update;
  const held = files.filter((file) => file.held).length;
  const atMicrosoft = files.filter((file) => !file.held && file.microsoft).length;
  const texts = fields(page, [
    ['Update', update.title],
    ['Id', `${update.updateId}, revision ${update.revisionNumber} of ${update.revisions.join(', ')}`],
    ['KB', knowledgeBase(update.kb)],
    ['Published', utc(update.published)],
    ['Class', `${update.class}${update.classification ? ` (${update.classification})` : ''}`],
    ['Products', update.products.join('; ')],
    ['Severity', update.severity],
    ['Restart', update.reboot],
    ['Removable', update.removable ? 'yes' : 'no'],
    ['State', [update.expired ? 'expired' : '', update.superseded ? 'superseded' : ''].filter(Boolean).join(', ')],
    ['Verdict', `${update.verdict} by ${update.rule}: ${update.reason}`],
    ...update.persons.map(({ decision, customer, who, why }): [string, string] => [
      'Person',
      `${who}, for ${customer ?? 'all customers'}: ${decision} (${why})`,
    ]),
    [
      'Licence',
      update.eula === undefined
        ? undefined
        : `${update.eula}, ${update.eulaAccepted ? 'accepted' : 'not accepted: see `eula accept`'}`,
    ],
    ['Supersedes', update.supersedes.join('; ')],
    ['Superseded by', update.supersededBy.join('; ')],
    [
      'Files',
      `${many(files.length, 'file')}, ${bytes(update.size)}: ${held} held here, ${atMicrosoft} at Microsoft only`,
    ],
    ['Read', [links.knowledgeBase, links.securityUpdateGuide].filter(Boolean).join(' ')],
  ]);
  return [
    texts,
    ...files.map(({ name, size, sha1 }) => hanging(page, '  - ', `${name}, ${bytes(size)}, SHA-1 ${sha1}`)),
  ].join('\n');
}
