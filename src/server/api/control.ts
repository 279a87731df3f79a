import type * as contract from '#contract/endpoints/control.ts';
import { CONFLICT_ORDER } from '#domain/decide/order.ts';
import type { Handler } from '#server/api/deps.ts';

export const showOrder: Handler<typeof contract.showOrder> = async () => ({
  items: CONFLICT_ORDER.map(({ name, title, rules }) => ({ name, title, rules: [...rules] })),
});
