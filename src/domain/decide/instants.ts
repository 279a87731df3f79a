export { isBefore } from '#domain/instants.ts';
