import { describe, expect, it } from "vitest";
import { canonicalConfig } from "./cluster-config.ts";

const plain = '{"tlsClientConfig":{"insecure":false}}';
const token = '{"bearerToken":"s3cret","tlsClientConfig":{"insecure":false}}';
const trusting = '{"tlsClientConfig":{"insecure":false,"caData":"LS0tLQ=="}}';
const exec = '{"tlsClientConfig":{"insecure":false},"execProviderConfig":{"command":"login","args":["a","b"],"env":{"A":"1","B":"2"}}}';
const told = '{"tlsClientConfig":{"insecure":false},"execProviderConfig":{"provideClusterInfo":true,"config":{"a":1,"b":{"c":2,"d":3}}}}';

describe("a config means the same to Argo CD", () => {
  it.each([
    { when: "it is empty", text: "", as: plain },
    { when: "it is null", text: "null", as: plain },
    { when: "it says nothing", text: "{}", as: plain },
    {
      when: "all it says is nothing",
      text: '{"username":"","bearerToken":null,"awsAuthConfig":null,"disableCompression":false,"proxyUrl":""}',
      as: plain,
    },
    { when: "it spells out that TLS is checked", text: '{"tlsClientConfig":{"insecure":false,"serverName":"","caData":""}}', as: plain },
    { when: "it has fields of a later Argo CD", text: '{"later":{"deep":[1]}}', as: plain },
    { when: "someone indented it", text: '{\n  "bearerToken": "s3cret"\n}\n', as: token },
    { when: "its fields come in another order", text: '{"tlsClientConfig":{"insecure":false},"bearerToken":"s3cret"}', as: token },
    { when: "its fields have another case", text: '{"BearerToken":"s3cret","TLSCLIENTCONFIG":{"Insecure":false}}', as: token },
    {
      when: "its fields have letters that fold to ours",
      text: '{"bearerTo\u212Aen":"s3cret","tl\u017fClientConfig":{"in\u017fecure":true}}',
      as: '{"bearerToken":"s3cret","tlsClientConfig":{"insecure":true}}',
    },
    { when: "its base64 is wrapped", text: '{"tlsClientConfig":{"caData":"LS0t\\r\\nLQ=="}}', as: trusting },
    { when: "its base64 ends in stray bits", text: '{"tlsClientConfig":{"caData":"LS0tLR=="}}', as: trusting },
    {
      when: "its environment has another order",
      text: '{"execProviderConfig":{"env":{"B":"2","A":"1"},"args":["a","b"],"command":"login"}}',
      as: exec,
    },
    {
      when: "its plugin is told the same in another order",
      text: '{"execProviderConfig":{"config":{"b":{"d":3,"c":2},"a":1},"provideClusterInfo":true}}',
      as: told,
    },
    {
      when: "its plugin is told null",
      text: '{"execProviderConfig":{"config":null}}',
      as: '{"tlsClientConfig":{"insecure":false},"execProviderConfig":{}}',
    },
    {
      when: "its lists hold null",
      text: '{"execProviderConfig":{"args":[null],"env":{"A":null}}}',
      as: '{"tlsClientConfig":{"insecure":false},"execProviderConfig":{"args":[""],"env":{"A":""}}}',
    },
    {
      when: "its environment is named in numbers",
      text: '{"execProviderConfig":{"env":{"9":"b","10":"a"}}}',
      as: '{"tlsClientConfig":{"insecure":false},"execProviderConfig":{"env":{"10":"a","9":"b"}}}',
    },
    {
      when: "it holds characters that Go escapes",
      text: '{"proxyUrl":"<a>&\u2028\u2029é\\u007f\\b\\u0001\\/\\""}',
      as: '{"tlsClientConfig":{"insecure":false},"proxyUrl":"\\u003ca\\u003e\\u0026\\u2028\\u2029é\u007f\\b\\u0001/\\""}',
    },
    { when: "it holds half a character", text: '{"username":"\\ud800"}', as: '{"username":"\ufffd","tlsClientConfig":{"insecure":false}}' },
  ])("when $when", ({ text, as }) => {
    expect(canonicalConfig(text)).toBe(as);
    expect(canonicalConfig(as)).toBe(as);
  });
});

describe("a config is left as it is, and so never passes for another,", () => {
  it.each([
    ["when it is blank", " "],
    ["when it is no object", "[]"],
    ["when it is no JSON", "{'bearerToken':'s3cret'}"],
    ["when something follows it", `${token}x`],
    ["when a byte order mark stands before it", `\ufeff${token}`],
    ["when a flag is a text", '{"tlsClientConfig":{"insecure":"false"}}'],
    ["when a token is a number", '{"bearerToken":7}'],
    ["when a struct is a list", '{"tlsClientConfig":[]}'],
    ["when its environment is a list", '{"execProviderConfig":{"env":[{"name":"A","value":"1"}]}}'],
    ["when its arguments are a text", '{"execProviderConfig":{"args":"token"}}'],
    ["when its CA is PEM as it stands", '{"tlsClientConfig":{"caData":"-----BEGIN CERTIFICATE-----"}}'],
    ["when its base64 is of the URL alphabet", '{"tlsClientConfig":{"caData":"-_=="}}'],
    ["when its base64 is not padded", '{"tlsClientConfig":{"caData":"LS0tLQ"}}'],
    ["when its base64 holds a blank", '{"tlsClientConfig":{"caData":"LS0t LQ=="}}'],
    ["when a field comes twice", '{"bearerToken":"old","bearerToken":"s3cret"}'],
    ["when a field comes in two spellings", '{"bearerToken":"old","BearerToken":"s3cret"}'],
    ["when a field comes again as null", '{"bearerToken":"s3cret","bearertoken":null}'],
    ["when a struct comes twice, which Go reads as one", '{"tlsClientConfig":{"insecure":true},"tlsClientConfig":{"serverName":"x"}}'],
    ["when a variable comes twice", '{"execProviderConfig":{"env":{"A":"1","A":"2"}}}'],
    ["when it is too deep to read", "[".repeat(100_000)],
  ])("%s", (_, text) => expect(canonicalConfig(text)).toBe(text));
});

it.each([
  ["another token", '{"bearerToken":"other"}', token],
  ["no token", plain, token],
  ["no checking of TLS", '{"tlsClientConfig":{"insecure":true}}', plain],
  ["no CA", plain, trusting],
  ["an argument more", '{"execProviderConfig":{"command":"login","args":["a","b","c"],"env":{"A":"1","B":"2"}}}', exec],
  ["other arguments first", '{"execProviderConfig":{"command":"login","args":["b","a"],"env":{"A":"1","B":"2"}}}', exec],
  ["another environment", '{"execProviderConfig":{"command":"login","args":["a","b"],"env":{"A":"1","b":"2"}}}', exec],
  ["another word for the plugin", told.replace('"d":3', '"d":4'), told],
  ["a plugin that is told nothing", told.replace('"provideClusterInfo":true,', ""), told],
  ["an empty AWS login", '{"awsAuthConfig":{}}', plain],
])("%s is a difference to Argo CD", (_, one, other) => expect(canonicalConfig(one)).not.toBe(canonicalConfig(other)));
