/** The type of a fault that nobody saw: a person or an alert asks what is wrong, and it may be nothing. */
export const ASKED = 'Asked'
