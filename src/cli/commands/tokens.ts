import { command } from '#cli/command.ts';
import { table } from '#cli/output/layout.ts';
import { shortUtc } from '#cli/output/moments.ts';
import { addToken, listTokens, revokeToken } from '#contract/endpoints/tokens.ts';

const NAME = { value: 'NAME', description: 'of the person, or of the program' } as const;

export const tokensList = command({
  name: 'tokens list',
  group: 'Service',
  summary: 'Who has a token of the API.',
  run: ({ service }) => service.call(listTokens),
  show({ items }, page) {
    const rows = items.map(({ name, createdAt, revokedAt }) => [
      name,
      shortUtc(createdAt),
      revokedAt && shortUtc(revokedAt),
    ]);
    return table(page, [{ title: 'Name' }, { title: 'Since' }, { title: 'Revoked' }], rows, 'No tokens.');
  },
});

export const tokensAdd = command({
  name: 'tokens add',
  group: 'Service',
  summary: 'A token for one more person; needs the first token. It is shown this once.',
  more: 'Two persons are two tokens: give each their own, and keep the first one for this.',
  positionals: { name: NAME },
  run: ({ args, service }) => service.call(addToken, { body: args }),
  show: ({ name, token }) => `The token of ${name}, to be put into ST_TOKEN:\n${token}`,
});

export const tokensRevoke = command({
  name: 'tokens revoke',
  group: 'Service',
  summary: 'Take a token back; needs the first token.',
  positionals: { name: NAME },
  run: ({ args, service }) => service.call(revokeToken, { params: args }),
  show: ({ name }) => `The token of ${name} is good no longer.`,
});
