import { costOf, dearest, type Price, priceOf } from './prices.ts'
import type { Tokens } from './usage.ts'

export type Limits = { readonly turns: number; readonly tokens: number; readonly costUsd: number }
export type Spent = {
  readonly turns: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Unknown when the model's price is; the cap is kept all the same, by the dearest price that is known. */
  readonly costUsd: number | undefined
  /** Why a request was refused, the first time that one was. */
  readonly refused: string | undefined
}
/** What a request may take; given back when its answer is there. */
export type Reservation = { readonly maxOutput: number; readonly settle: (tokens: Tokens | undefined) => void }
export type Budget = {
  readonly reserve: (inputEstimate: number, outputLimit: number) => Reservation | { readonly refused: string }
  readonly spent: () => Spent
}

/** A verdict is about 2,000 tokens. With less than this there is no use in asking. */
const LEAST_OUTPUT = 300
/** A model that fails each time is not asked forever. */
const TRIES_PER_TURN = 2

/**
 * The money and the tokens of one incident. What a request may cost at most is put aside before it is sent, so that no
 * answer, and no two at once, can go past a limit by more than the estimate of its input is wrong.
 */
export function openBudget(limits: Limits, model: string, own?: Price): Budget {
  const known = own ?? priceOf(model)
  // Nobody knows what it costs: the cap is kept as if it were the dearest.
  const price = known ?? dearest
  let said = false
  let turns = 0
  let tries = 0
  let input = 0
  let output = 0
  let cost = 0
  let heldTokens = 0
  let heldCost = 0
  let refused: string | undefined

  const refuse = (why: string) => {
    refused ??= why
    return { refused: why }
  }
  return {
    reserve(inputEstimate, outputLimit) {
      if (turns >= limits.turns) return refuse(`All ${limits.turns} turns of this incident are used.`)
      if (tries >= limits.turns * TRIES_PER_TURN) return refuse('The model was asked too often without an answer.')
      const tokensLeft = limits.tokens - input - output - heldTokens - inputEstimate
      let maxOutput = Math.min(outputLimit, tokensLeft)
      if (maxOutput < Math.min(LEAST_OUTPUT, outputLimit))
        return refuse(`The ${limits.tokens} tokens of this incident are used.`)
      let most = 0
      {
        const inputCost = costOf({ ...price, cached: price.cacheWrite ?? price.input }, plain(inputEstimate, 0))
        const left = limits.costUsd - cost - heldCost - inputCost
        maxOutput = Math.min(maxOutput, Math.floor((left / price.output) * 1_000_000))
        if (maxOutput < Math.min(LEAST_OUTPUT, outputLimit))
          return refuse(`The ${limits.costUsd} dollars of this incident are used.`)
        most = costOf(price, plain(inputEstimate, maxOutput))
      }
      const held = inputEstimate + maxOutput
      tries++
      heldTokens += held
      heldCost += most
      let open = true
      return {
        maxOutput,
        settle(tokens) {
          if (!open) return
          open = false
          heldTokens -= held
          heldCost -= most
          if (tokens === undefined) return
          turns++
          input += tokens.input
          output += tokens.output
          cost += tokens.costUsd ?? costOf(price, tokens)
          said ||= tokens.costUsd !== undefined
        },
      }
    },
    spent: () => ({
      turns,
      inputTokens: input,
      outputTokens: output,
      costUsd: known === undefined && !said ? undefined : Math.round(cost * 1e6) / 1e6,
      refused,
    }),
  }
}

const plain = (input: number, output: number): Tokens => ({ input, cached: 0, cacheWrite: 0, output })
