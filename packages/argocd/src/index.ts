export const room = "argocd";
