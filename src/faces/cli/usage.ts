/** The command line was used wrongly: printed as it is, exit code 64. */
export class Usage extends Error {
  override readonly name = 'Usage';
}
