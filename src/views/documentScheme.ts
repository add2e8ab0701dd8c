/** Of the addresses of documents about jobs. */
export const documentScheme = 'media-services';
