/**
 * The unbiased estimate of pass@k: the chance that of k rollouts, drawn without putting back from n of which c are
 * correct, at least one is. 1 − ∏_{i=n−c+1..n} (1 − k/i); 1 when fewer than k are wrong; null when n < k.
 * Chen et al., Evaluating Large Language Models Trained on Code, 2021, equation 1 and figure 3.
 */
export function passAtK(n: number, c: number, k: number): number | null {
  if (n < k) return null;
  if (n - c < k) return 1;
  let allWrong = 1;
  for (let i = n - c + 1; i <= n; i++) allWrong *= 1 - k / i;
  return 1 - allWrong;
}
