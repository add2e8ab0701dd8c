/** A part of the text, upper and lower case alike, or a regular expression that finds one. */
export type TextPattern = string | RegExp;
