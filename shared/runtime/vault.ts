/** Where secrets are kept: Key Vault in Azure, a folder of files locally. */
export type Vault = {
  /** The newest version's value. Throws GiveUp when there is no such secret, with its name and the remedy. */
  readonly secret: (name: string) => Promise<string>
}
