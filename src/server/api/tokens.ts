import { randomBytes } from 'node:crypto';
import type * as contract from '#contract/endpoints/tokens.ts';
import { CodedError } from '#contract/errors.ts';
import { change } from '#server/api/change.ts';
import type { Handler } from '#server/api/deps.ts';
import { tokenDigest } from '#server/facts/directory.ts';
import { addApiToken, FIRST_TOKEN, listApiTokens, revokeApiToken } from '#server/store/tokens.ts';

export const listTokens: Handler<typeof contract.listTokens> = async ({ pool }) => {
  const items = (await listApiTokens(pool)).map(({ name, createdAt, revokedAt }) => ({
    name,
    createdAt: createdAt.toString(),
    ...(revokedAt ? { revokedAt: revokedAt.toString() } : {}),
  }));
  return { items };
};

/** A person who could make tokens could be two persons; so one token alone makes them, and the record tells of each. */
export const addToken: Handler<typeof contract.addToken> = async (deps, { body }, { name: who, at }) => {
  onlyFirst(who);
  const token = randomBytes(32).toString('base64url');
  await change(deps, async (client) => {
    if (!(await addApiToken(client, body.name, tokenDigest(token), at)))
      throw new CodedError('conflict.exists', `There is or was a token "${body.name}"; names are not used twice.`);
    return { outcome: undefined, noted: [{ at, who, what: 'token.added', subject: { token: body.name }, facts: {} }] };
  });
  return { name: body.name, token };
};

export const revokeToken: Handler<typeof contract.revokeToken> = async (deps, { params }, { name: who, at }) => {
  onlyFirst(who);
  const { name } = params;
  if (name === FIRST_TOKEN)
    throw new CodedError('usage.wrong', 'name: the first token is not revoked; nobody could make others.');
  await change(deps, async (client) => {
    if (!(await revokeApiToken(client, name, at)))
      throw new CodedError('not-found', `There is no token "${name}" that is good.`);
    return { outcome: undefined, noted: [{ at, who, what: 'token.revoked', subject: { token: name }, facts: {} }] };
  });
  return { name };
};

function onlyFirst(name: string): void {
  if (name !== FIRST_TOKEN)
    throw new CodedError(
      'auth.not-allowed',
      `Only the token "${FIRST_TOKEN}" makes and revokes tokens; this is "${name}".`,
    );
}
