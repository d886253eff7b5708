/** What editors, shells and vaults leave around a secret is not part of it. */
export const bareSecret = (text: string): string => text.replace(/^[\s\uFEFF]+|[\s\uFEFF]+$/g, '')

/** What is wrong with the form of a secret of one line, in words that do not repeat it; `undefined`: nothing. */
export function wrongForm(text: string): string | undefined {
  const bare = bareSecret(text)
  const wrong =
    bare === ''
      ? 'is empty'
      : /^(["'`]).*\1$/s.test(bare)
        ? 'stands in quotes'
        : /:\\\/\\\//.test(bare)
          ? 'holds backslashes, as in JSON'
          : /[\s\p{Cc}]/u.test(bare)
            ? 'holds spaces or line breaks'
            : undefined
  return wrong === undefined ? undefined : `the secret (${bare.length} characters) ${wrong}. Store the bare value.`
}

export const isAddress = (text: string): boolean => /^https?:\/\//.test(text) && URL.canParse(text)
