/** Whether a text is the name of an IANA time zone that this runtime knows, e.g. `Europe/London`; offsets like `+01:00` are not. */
export function isZone(text: string): boolean {
  if (text.length > 64 || !/^[A-Za-z]/.test(text)) return false;
  try {
    const { timeZoneId } = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text);
    return timeZoneId.toLowerCase() === text.toLowerCase();
  } catch {
    return false;
  }
}
