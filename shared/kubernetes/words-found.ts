/**
 * Tells in one pass over a text which of many words stand in it (Aho and Corasick's machine over the words' own
 * alphabet). Looking for hundreds of words one by one costs more than all that is done with what is found.
 */
export function wordsFound(words: readonly string[]): (text: string) => ReadonlySet<number> {
  let finder: ((text: string) => ReadonlySet<number>) | undefined
  // Built for the first text: a program that starts has none yet.
  return (text) => {
    finder ??= finderOf(words)
    return finder(text)
  }
}

function finderOf(words: readonly string[]): (text: string) => ReadonlySet<number> {
  const letters = new Map<number, number>()
  for (const word of words)
    for (let at = 0; at < word.length; at++) {
      const code = word.charCodeAt(at)
      if (!letters.has(code)) letters.set(code, letters.size + 1)
    }
  const width = letters.size + 1
  // Letters of one byte by a table, all others by the map.
  const classes = Uint16Array.from({ length: 256 }, (_, code) => letters.get(code) ?? 0)
  const { next, ends } = machineOf(words, letters, width)
  const classOf = (code: number): number => (code < 256 ? (classes[code] ?? 0) : (letters.get(code) ?? 0))

  return (text) => {
    const found = new Set<number>()
    let state = 0
    for (let at = 0; at < text.length; at++) {
      state = next[state * width + classOf(text.charCodeAt(at))] ?? 0
      const ended = ends[state]
      if (ended !== undefined) for (const word of ended) found.add(word)
    }
    return found
  }
}

function machineOf(words: readonly string[], letters: ReadonlyMap<number, number>, width: number) {
  const next: number[] = new Array(width).fill(-1)
  const ends: (number[] | undefined)[] = [undefined]
  for (const [index, word] of words.entries()) {
    let state = 0
    for (let at = 0; at < word.length; at++) {
      const place = state * width + (letters.get(word.charCodeAt(at)) ?? 0)
      if (next[place] === -1) {
        next[place] = ends.length
        ends.push(undefined)
        for (let letter = 0; letter < width; letter++) next.push(-1)
      }
      state = next[place] ?? 0
    }
    ends[state] = [...(ends[state] ?? []), index]
  }
  // Level by level: where no word goes on, the longest end of what was read that a word begins with does.
  const back: number[] = new Array(ends.length).fill(0)
  const queue: number[] = []
  for (let letter = 0; letter < width; letter++) {
    const to = next[letter] ?? -1
    if (to > 0) queue.push(to)
    else next[letter] = 0
  }
  for (let done = 0; done < queue.length; done++) {
    const state = queue[done] ?? 0
    const fallback = back[state] ?? 0
    const inherited = ends[fallback]
    if (inherited !== undefined) ends[state] = [...new Set([...(ends[state] ?? []), ...inherited])]
    for (let letter = 0; letter < width; letter++) {
      const to = next[state * width + letter] ?? -1
      const otherwise = next[fallback * width + letter] ?? 0
      if (to > 0) {
        back[to] = otherwise
        queue.push(to)
      } else next[state * width + letter] = otherwise
    }
  }
  return { next: Int32Array.from(next), ends }
}
