export const room = "sync";
