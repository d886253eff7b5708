/** A value of strangers as text. String() asks the value itself how, and a `toString` of theirs need not be a function. */
export const written = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '')
