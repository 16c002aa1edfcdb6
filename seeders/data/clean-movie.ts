/** A film as the data set publishes it; what is not used here is left out. */
export interface PublishedMovie {
  Title: string | number | null
  'Release Date': string
  'Worldwide Gross': number | null
  'Production Budget': number | null
  'Running Time min': number | null
  'MPAA Rating': string | null
  'Major Genre': string | null
  Director: string | null
  Distributor: string | null
  'Rotten Tomatoes Rating': number | null
  'IMDB Rating': number | null
  'IMDB Votes': number | null
}

/** The last year that the data set knows; what is later is a year of the century before, written with two digits. */
const LAST_YEAR = 2011

/** Second 0 of Unix time, seen from west of Greenwich: a date that nobody knew. */
const EPOCH = 'Dec 31 1969'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Windows-1252 bytes that were once read as Mac OS Roman, and what they were meant to be. */
const MISREAD: Readonly<Record<string, string>> = {
  '˘': 'ù',
  '‡': 'à',
  '‰': 'ä',
  '·': 'á',
  È: 'é',
  Ë: 'è',
  Í: 'ê',
  Î: 'ë',
  Ö: '…',
  Ù: 'ô',
  Û: 'ó',
  Ω: '½',
}
const MISREAD_CHARACTER = new RegExp(`[${Object.keys(MISREAD).join('')}]`, 'g')

/** The title of a film called "Unknown", which some tool on the way took for a missing value. */
const LOST_TITLE = 'Unknown'

/** One film as a row of `movies`, without its id. What was found in the data and why it is changed: ../README.md. */
export function cleanMovie(movie: PublishedMovie) {
  return {
    title: cleanTitle(movie.Title),
    release_date: cleanDate(movie['Release Date']),
    genre: movie['Major Genre'],
    director: movie.Director,
    distributor: movie.Distributor === 'Distributor Unknown' ? null : movie.Distributor,
    mpaa_rating: movie['MPAA Rating'] === 'Open' ? null : movie['MPAA Rating'],
    runtime_minutes: movie['Running Time min'],
    imdb_rating: movie['IMDB Rating'],
    imdb_votes: movie['IMDB Votes'],
    rotten_tomatoes_rating: movie['Rotten Tomatoes Rating'],
    budget_usd: movie['Production Budget'],
    // No film that was shown earned nothing: 0 stands for unknown.
    worldwide_gross_usd: movie['Worldwide Gross'] || null,
  }
}

export function cleanTitle(title: string | number | null): string {
  return String(title ?? LOST_TITLE)
    .replaceAll(MISREAD_CHARACTER, (character) => MISREAD[character] ?? character)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/^(.+), (The)$/, '$2 $1')
}

/** `Jun 12 1998` as `1998-06-12`. */
export function cleanDate(date: string): string | null {
  if (date === EPOCH) return null
  const [month = '', day = '', year = ''] = date.split(' ')
  const fullYear = Number(year) > LAST_YEAR ? Number(year) - 100 : Number(year)
  return `${fullYear}-${String(MONTHS.indexOf(month) + 1).padStart(2, '0')}-${day}`
}
