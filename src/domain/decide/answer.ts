import type { Question, Reason, ReasonCode } from '#domain/decide/decision.ts';

/** One question's answer: what holds the update, or, where nothing does, what was found. */
export type Answer =
  | { readonly question: Question; readonly held: readonly [Reason, ...Reason[]]; readonly by?: undefined }
  | {
      readonly question: Question;
      readonly held?: undefined;
      readonly passed: string;
      /** The rule or person that approved; only of the question of approval. */
      readonly by?: string;
    };

/** A reason of a question; `until`: when time alone changes it. */
export function reason(
  question: Question,
  code: ReasonCode,
  text: string,
  subject?: string,
  until?: Temporal.Instant,
): Reason {
  return {
    question,
    code,
    text,
    ...(subject === undefined ? {} : { subject }),
    ...(until === undefined ? {} : { until }),
  };
}

/** The answer of a question that one reason holds. */
export function heldBy(only: Reason): Answer {
  return { question: only.question, held: [only] };
}

/** Held by what was found; passed when nothing was. */
export function answer(question: Question, held: readonly Reason[], passed: string): Answer {
  const [first, ...others] = held;
  return first ? { question, held: [first, ...others] } : { question, passed };
}
