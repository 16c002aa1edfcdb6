/**
 * What somebody else has stored, so that a terminal shows it and does nothing else: control characters, what turns the
 * direction of a line and what does not show are written out. The joiners U+200C and U+200D stay, which names are spelt with.
 */
export function escapeText(text: string): string {
  return text.replaceAll(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, (it) => {
    const point = it.codePointAt(0) ?? 0
    return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, '0')}`
  })
}
