// Colours of series: six pigments of the workshop, told apart in both themes (and by their order and the table).

export const SERIES_COLOURS = [
  "light-dark(#9c3719, #ec8f6c)", // sinopia
  "light-dark(#2f5d7c, #86b6d9)", // azurite
  "light-dark(#a67b1e, #e3bd5a)", // ochre
  "light-dark(#4b6b3a, #9cc489)", // green earth
  "light-dark(#6d4a7e, #c3a0d4)", // madder and blue
  "light-dark(#857a6a, #a3978a)", // ash
] as const;

export const OUTCOME_COLOURS = {
  good: "light-dark(#3f7a4d, #8ac796)",
  warn: "light-dark(#b98115, #e3b860)",
  bad: "light-dark(#a1242b, #f3928f)",
  quiet: "light-dark(#9a8f7e, #7e7466)",
  other: "light-dark(#2f5d7c, #86b6d9)",
} as const;

export function colourOf(at: number): string {
  return SERIES_COLOURS[Math.min(at, SERIES_COLOURS.length - 1)] ?? SERIES_COLOURS[0];
}
