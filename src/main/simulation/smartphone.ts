/** What people do with their phones in the simulated log. The numbers are invented: plausible, not measured. */

/** Behaviours by category (before the colon), most popular first: a behaviour's rank sets its share. */
export const behaviourNames = [
  'messaging: read',
  'system: unlock screen',
  'social: scroll feed',
  'messaging: reply',
  'video: watch clip',
  'browser: open page',
  'social: like post',
  'music: play track',
  'browser: search',
  'messaging: open group chat',
  'music: skip track',
  'social: watch story',
  'email: read',
  'game: start level',
  'camera: take photo',
  'game: finish level',
  'weather: check today',
  'news: read headline',
  'video: search video',
  'calls: answer',
  'messaging: send photo',
  'maps: search place',
  'email: archive',
  'social: comment',
  'shopping: view product',
  'notes: open note',
  'calls: dial contact',
  'news: read article',
  'maps: start navigation',
  'clock: snooze alarm',
  'game: watch advertisement',
  'calendar: view day',
  'music: add to playlist',
  'shopping: search product',
  'email: write',
  'camera: record video',
  'transport: view departures',
  'health: view steps',
  'messaging: send voice note',
  'clock: set alarm',
  'shopping: add to basket',
  'video: subscribe to channel',
  'bank: view balance',
  'system: connect Bluetooth',
  'notes: write note',
  'health: log workout',
  'transport: buy ticket',
  'food: browse restaurants',
  'social: post photo',
  'calendar: add event',
  'shopping: pay',
  'bank: transfer money',
  'food: order meal',
  'health: record sleep',
  'system: change wallpaper',
  'game: buy item',
  'transport: report delay',
  'system: install update',
  'bank: freeze card',
  'calls: emergency call',
] as const

export function categoryOf(behaviour: string): string {
  return behaviour.slice(0, behaviour.indexOf(':'))
}

export const places = ['home', 'work', 'commute', 'café', 'shop', 'gym', 'outdoors', 'with friends'] as const
export type Place = (typeof places)[number]

/** Parts of the day by their first hour. All begin with a slot of any length up to three hours. */
export const dayParts = [
  { name: 'night', from: 0 },
  { name: 'morning', from: 6 },
  { name: 'forenoon', from: 9 },
  { name: 'afternoon', from: 12 },
  { name: 'evening', from: 18 },
  { name: 'late', from: 21 },
] as const

/** How much more or less a category is used at a part of the day; 1 where nothing is said. In the order of `dayParts`. */
export const categoryByDayPart: Readonly<Record<string, readonly number[]>> = {
  clock: [3, 6, 0.3, 0.3, 0.5, 6],
  weather: [0.3, 4, 1, 0.7, 0.7, 0.5],
  news: [0.3, 3, 1.2, 0.8, 1, 0.8],
  email: [0.2, 1.5, 3, 2, 0.6, 0.3],
  calendar: [0.2, 2.5, 2, 1.2, 0.6, 0.8],
  transport: [0.2, 4, 0.5, 2, 1, 0.5],
  maps: [0.3, 1.5, 1, 1.5, 1.3, 0.5],
  game: [0.8, 0.4, 0.5, 0.8, 1.8, 2.2],
  video: [1.5, 0.4, 0.5, 0.9, 1.8, 2.4],
  shopping: [0.3, 0.4, 1, 1.5, 1.6, 0.9],
  food: [0.2, 0.2, 1.5, 1.2, 3.5, 0.6],
  health: [0.6, 2, 0.7, 1, 1.8, 1.2],
}

/** The same on Saturdays and Sundays against other days. */
export const categoryOnWeekends: Readonly<Record<string, number>> = {
  email: 0.3,
  calendar: 0.4,
  transport: 0.4,
  clock: 0.6,
  camera: 2,
  game: 1.6,
  shopping: 1.8,
  food: 1.7,
  maps: 1.5,
}

/** How much more or less a category is used at a place. */
export const categoryByPlace: Readonly<Record<string, Partial<Record<Place, number>>>> = {
  music: { commute: 4, gym: 7, outdoors: 2, work: 0.6 },
  email: { work: 4, commute: 1.5, gym: 0.1 },
  calendar: { work: 3 },
  notes: { work: 3, café: 2 },
  transport: { commute: 8 },
  maps: { outdoors: 4, commute: 2, home: 0.4 },
  camera: { outdoors: 5, 'with friends': 4, work: 0.3 },
  health: { gym: 10, outdoors: 2 },
  shopping: { shop: 6, work: 0.4 },
  bank: { shop: 4, home: 1.5 },
  video: { home: 2, commute: 1.5, work: 0.3 },
  game: { home: 1.8, commute: 2, work: 0.3 },
  food: { home: 1.5, 'with friends': 3, café: 2 },
  social: { café: 1.5, 'with friends': 1.5 },
}

/** Where people are, by part of the day, on working days and on weekends. Rows in the order of `dayParts`, columns of `places`. */
export const placeByDayPart: readonly (readonly (readonly number[])[])[] = [
  [
    [0.95, 0.01, 0.01, 0, 0, 0, 0.01, 0.02],
    [0.55, 0.1, 0.27, 0.03, 0, 0.03, 0.02, 0],
    [0.15, 0.65, 0.05, 0.05, 0.04, 0.02, 0.04, 0],
    [0.14, 0.56, 0.1, 0.06, 0.05, 0.03, 0.05, 0.01],
    [0.5, 0.05, 0.12, 0.05, 0.07, 0.07, 0.04, 0.1],
    [0.82, 0.01, 0.04, 0.02, 0.01, 0.01, 0.02, 0.07],
  ],
  [
    [0.85, 0, 0.02, 0, 0, 0, 0.02, 0.11],
    [0.85, 0.02, 0.03, 0.03, 0.01, 0.03, 0.03, 0],
    [0.5, 0.02, 0.05, 0.12, 0.12, 0.07, 0.1, 0.02],
    [0.33, 0.02, 0.06, 0.1, 0.17, 0.04, 0.16, 0.12],
    [0.5, 0.01, 0.05, 0.06, 0.04, 0.02, 0.07, 0.25],
    [0.65, 0, 0.04, 0.03, 0, 0, 0.02, 0.26],
  ],
]

/** How busy phones are in each hour of the day, on working days and on weekends. */
export const activityByHour: readonly (readonly number[])[] = [
  [2, 1, 1, 1, 1, 3, 10, 22, 24, 16, 15, 16, 22, 18, 15, 15, 17, 24, 27, 28, 29, 27, 20, 9],
  [6, 3, 2, 1, 1, 1, 3, 7, 13, 18, 21, 22, 22, 21, 20, 20, 21, 22, 24, 26, 27, 27, 23, 14],
]
