/** What is accepted with a request beyond the policy. Stored with each one, so that a later wording changes no earlier one. */
export const ACCEPTANCE =
  'The customer asked for this update beyond what the service approves, and is responsible for any issues from its installation.';
