import { inventoryHistory } from '#contract/endpoints/inventory.ts';
import { CodedError } from '#contract/errors.ts';

export const FIELD = { value: 'FIELD', description: 'what of it, e.g. tier, redundancy-group, restart-after' } as const;

type Field = (typeof FIELDS)[number];
const FIELDS = inventoryHistory.result.shape.items.element.shape.field.options;

/** A field by its name, with dashes or as the API writes it; `usage.wrong` else. */
export function fieldNamed(text: string): Field {
  const wanted = text.toLowerCase().replaceAll('-', '');
  const field = FIELDS.find((one) => one.toLowerCase() === wanted);
  if (field === undefined) {
    const names = FIELDS.map((one) => one.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
    throw new CodedError('usage.wrong', `there is no field "${text}"; there are ${names.join(', ')}`);
  }
  return field;
}
