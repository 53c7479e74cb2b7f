/** How clients log in as an account now. */
export interface Login {
  /** In the words of `ServiceAccount.spec.authentication.type`. */
  readonly authentication: string;
  /** `STORE/KEY` of the credential; absent where none is made for it. */
  readonly keptIn?: string;
  /** What also lets it in, and until when (ISO 8601). */
  readonly old?: { readonly authentication: string; readonly until: string };
}
