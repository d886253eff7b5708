export type Target = {
  /** As it stands in answers and in fault ids. */
  readonly name: string
  readonly aliases: readonly string[]
  readonly server: string
  /** Where an object lies that is named without a namespace. */
  readonly namespace: string
  /** Such as `env: prod`: guard rails and fan-out go by them. */
  readonly labels?: Readonly<Record<string, string>>
  /** Why it cannot be used, when that is known already. */
  readonly problem?: string
  /** Where it is known from, in words. */
  readonly source?: string
}
