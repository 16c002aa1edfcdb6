import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { cleanDate, cleanMovie, cleanTitle, type PublishedMovie } from '../../seeders/data/clean-movie.ts'

const published: PublishedMovie[] = JSON.parse(
  readFileSync(new URL('../../seeders/data/movies.json', import.meta.url), 'utf8'),
)

describe('the film data', () => {
  it('gives titles that are numbers as text, and the lost one back', () => {
    assert.equal(cleanTitle(1776), '1776')
    assert.equal(cleanTitle(null), 'Unknown')
  })

  it('mends titles that were read in the wrong character set', () => {
    assert.equal(cleanTitle("Le Fabuleux destin d'AmÈlie Poulain"), "Le Fabuleux destin d'Amélie Poulain")
    assert.equal(cleanTitle('DÈj‡ Vu'), 'Déjà Vu')
    assert.equal(cleanTitle('Obsluhoval jsem anglickÈho kr·le'), 'Obsluhoval jsem anglického krále')
    assert.equal(cleanTitle('The Naked Gun 2Ω: The Smell of Fear'), 'The Naked Gun 2½: The Smell of Fear')
    assert.equal(cleanTitle('Alien³'), 'Alien³')
    assert.equal(cleanTitle('Halloween:  The Curse of Michael Myers'), 'Halloween: The Curse of Michael Myers')
    assert.equal(cleanTitle('Barbarians, The'), 'The Barbarians')
  })

  it('reads dates, and two-digit years as the century that was meant', () => {
    assert.equal(cleanDate('Jun 12 1998'), '1998-06-12')
    assert.equal(cleanDate('Feb 08 2015'), '1915-02-08')
    assert.equal(cleanDate('Nov 21 2046'), '1946-11-21')
    assert.equal(cleanDate('Dec 23 2011'), '2011-12-23')
    assert.equal(cleanDate('Dec 31 1969'), null)
  })

  it('keeps every film, none with an impossible value', () => {
    const movies = published.map(cleanMovie)
    assert.equal(movies.length, 3201)
    for (const { title, release_date: date, worldwide_gross_usd: gross } of movies) {
      assert.ok(title.length > 0)
      assert.ok(date === null || (date >= '1915-01-01' && date <= '2011-12-31'), `${title} ${date}`)
      assert.ok(date === null || new Date(date).toISOString().startsWith(date), `${title} ${date}`)
      assert.ok(gross === null || gross > 0)
      assert.doesNotMatch(title, /[ÈËÍÎÖÙÛΩ˘‡‰·]/)
    }
  })
})
