/** RFC 6901 §3: `~` and `/` inside a key are escaped. A key is cut: a hostile one is echoed to nobody's use. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
