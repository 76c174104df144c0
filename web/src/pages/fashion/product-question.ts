// What is asked of the shops' catalogue: a sentence, filters, or both. Pure.
import type { Category } from "./categories";

export interface ProductFields {
  text: string;
  category: Category | "";
  colour: string;
  most: string;
}

export interface ProductQuestion {
  q: string;
  category?: Category;
  colour?: string;
  most_price?: string;
}

/** Whether it is an amount of money, with a point or a comma, or nothing. */
export function isPrice(written: string): boolean {
  return /^(\d+([.,]\d+)?)?$/.test(written.trim());
}

/** The question as JSON; null while nothing is asked. */
export function writtenQuestion({ text, category, colour, most }: ProductFields): string | null {
  const price = isPrice(most) ? most.trim().replace(",", ".") : "";
  const question: ProductQuestion = {
    q: text.trim(),
    ...(category !== "" && { category }),
    ...(colour.trim() !== "" && { colour: colour.trim() }),
    ...(price !== "" && { most_price: price }),
  };
  return question.q === "" && Object.keys(question).length === 1 ? null : JSON.stringify(question);
}
