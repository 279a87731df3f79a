import type { FileProblem } from '#domain/approval/yaml-file.ts';

/** The problems of a file as the lines that a refusal lists: `line 3, column 5: waves[0].name: …`. */
export function problemLines(problems: readonly FileProblem[]): string[] {
  return problems.map(({ line, column, path, message }) =>
    [`line ${line}, column ${column}:`, ...(path ? [`${path}:`] : []), message].join(' '),
  );
}
