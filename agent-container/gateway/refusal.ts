/** One body that each vendor's client library can read as an error of its own. */
export const refusal = (status: number, message: string): Response =>
  Response.json(
    {
      type: 'error',
      error: { type: status === 402 ? 'budget_spent' : 'refused', code: status, status: String(status), message },
    },
    { status },
  )
