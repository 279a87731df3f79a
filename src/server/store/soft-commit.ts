/**
 * Part of a `with`: the transaction's commit does not wait for the disk. Only for statements that stand alone and say what the next visit of
 * a server says anew: a crash may lose the last second of them. To take effect it must be read, e.g. `from soft where soft.set = 'off'`.
 */
export const SOFT = `soft as (select set_config('synchronous_commit', 'off', true) as set)`;
