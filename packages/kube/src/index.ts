export const room = "kube";
