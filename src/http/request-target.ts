/** RFC 9112 §3.2.1: from the slash on, in ASCII that can be seen. A fragment is never sent. */
const ORIGIN_FORM = /^\/[!-"$-~]*$/

/**
 * What a gateway, or a service behind one, may straighten into another path than we see: empty and dot segments,
 * backslashes, and slashes, dots, backslashes, percent signs or zeros that are encoded for no reason of ours.
 */
const AMBIGUOUS = /\/\/|\\|\/\.{1,2}(?:[/;]|$)|%(?:00|2f|2e|5c|25)/i

/** Why a request target cannot be read in one way only; null where it can. */
export function unreadableTarget(target: string): string | null {
  if (!ORIGIN_FORM.test(target)) return 'the target is not a path and a query'
  const path = pathOf(target)
  if (AMBIGUOUS.test(path)) return 'the path can be read in two ways'
  return isDecodable(path) ? null : 'the path is not valid percent-encoded UTF-8'
}

function pathOf(target: string): string {
  const end = target.indexOf('?')
  return end === -1 ? target : target.slice(0, end)
}

function isDecodable(path: string): boolean {
  if (!path.includes('%')) return true
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
