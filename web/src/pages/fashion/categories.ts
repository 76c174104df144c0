import type { components } from "@/api/schema";

export type Category = components["schemas"]["WardrobeItem"]["category"];
export const CATEGORIES: readonly Category[] = [
  "top",
  "bottom",
  "dress",
  "outerwear",
  "shoes",
  "accessory",
  "other",
];
