import { cluster } from "@rollcall/testing";
import { describe, expect, it } from "vitest";
import { audienceOf, defaultAudience } from "./audience.ts";

const paris = cluster({ name: "paris" });

describe("the audience of a token for a member", () => {
  it("is its server and nothing else, however that is spelt", () => {
    expect(audienceOf(defaultAudience, paris, "https://PARIS.example.test:443/")).toBe("https://paris.example.test");
  });

  it("may name the profile", () => {
    expect(audienceOf("rollcall:{namespace}/{name}", paris, "https://a.test")).toBe("rollcall:fleet/paris");
  });

  it("is refused where the profile does not say what it needs", () => {
    expect(audienceOf("{memberId}", paris, "https://a.test")).toMatchObject({
      reason: "NoAudience",
      message: expect.stringContaining("{memberId}"),
    });
    expect(audienceOf("{nonsense}", paris, "https://a.test")).toMatchObject({ reason: "NoAudience" });
  });
});
