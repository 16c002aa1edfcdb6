/** What services say to operators: fields first, then the line's text. */
export interface Log {
  info(fields: object, text: string): void
  warn(fields: object, text: string): void
}
