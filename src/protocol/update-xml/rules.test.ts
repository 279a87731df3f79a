import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CoreFragment, type CoreLimits, readCore, readExtended } from './rules.ts';

const HEAD =
  '<UpdateIdentity UpdateID="A2FEF9B0-7951-4c2c-a42b-9e351dd1c1fe" RevisionNumber="200" /><Properties UpdateType="Software" ExplicitlyDeployable="true" />';

function core(rest: string, limits?: Partial<CoreLimits>): CoreFragment {
  const result = readCore(HEAD + rest, limits);
  assert.ok(result.ok, result.ok ? '' : `${result.code} ${result.message} ${result.path}`);
  return result.core;
}

test('a core fragment is read: identity, properties, relationships', () => {
  const fragment = core(
    '<Relationships><SupersededUpdates><UpdateIdentity UpdateID="ce84983e-b20e-44d7-a412-1fd91fc7bda8" /></SupersededUpdates><Prerequisites><AtLeastOne IsCategory="true"><UpdateIdentity UpdateID="e0789628-ce08-4437-be74-2495b842f43b" /></AtLeastOne></Prerequisites><BundledUpdates><UpdateIdentity UpdateID="ccb78947-6453-4ecc-9de8-bc0305c98f2d" RevisionNumber="200" /></BundledUpdates></Relationships>',
  );
  assert.deepEqual(fragment, {
    identity: {
      updateId: 'a2fef9b0-7951-4c2c-a42b-9e351dd1c1fe',
      revisionNumber: 200,
      text: 'A2FEF9B0-7951-4c2c-a42b-9e351dd1c1fe',
    },
    properties: { UpdateType: 'Software', ExplicitlyDeployable: 'true' },
    prerequisites: [{ anyOf: ['e0789628-ce08-4437-be74-2495b842f43b'], isCategory: true }],
    bundles: [[{ updateId: 'ccb78947-6453-4ecc-9de8-bc0305c98f2d', revisionNumber: 200 }]],
    supersedes: ['ce84983e-b20e-44d7-a412-1fd91fc7bda8'],
    rules: { isMetadataComplete: true },
  });
});

test('rules are trees of names, attributes and texts', () => {
  const { rules } = core(
    '<ApplicabilityRules><IsInstalled><And><b.RegDword Key="HKEY_LOCAL_MACHINE" Data="1" /><Not><m.MsiFeatureInstalledForProduct><Feature>F</Feature></m.MsiFeatureInstalledForProduct></Not></And></IsInstalled><IsInstallable><True /></IsInstallable><IsSuperseded><False /></IsSuperseded><Metadata><CbsPackageApplicabilityMetadata><assembly xmlns="urn:schemas-microsoft-com:asm.v3"><assemblyIdentity name="Package_for_X" /></assembly></CbsPackageApplicabilityMetadata></Metadata></ApplicabilityRules>',
  );
  const leaf = (name: string, attributes = {}) => ({ name, attributes, children: [] });
  const feature = { ...leaf('Feature'), text: 'F' };
  assert.deepEqual(rules, {
    isInstalled: {
      ...leaf('And'),
      children: [
        leaf('b.RegDword', { Key: 'HKEY_LOCAL_MACHINE', Data: '1' }),
        { ...leaf('Not'), children: [{ ...leaf('m.MsiFeatureInstalledForProduct'), children: [feature] }] },
      ],
    },
    isInstallable: leaf('True'),
    isSuperseded: leaf('False'),
    metadata: {
      ...leaf('Metadata'),
      children: [
        {
          ...leaf('CbsPackageApplicabilityMetadata'),
          children: [{ ...leaf('assembly'), children: [leaf('assemblyIdentity', { name: 'Package_for_X' })] }],
        },
      ],
    },
    isMetadataComplete: true,
  });
});

test('of a large manifest the first elements are kept, and it is said that there are more', () => {
  const packages = '<package><parent /><update>text</update></package>'.repeat(1000);
  const { rules } = core(
    `<ApplicabilityRules><Metadata><assembly>${packages}</assembly></Metadata><IsInstalled><True /></IsInstalled></ApplicabilityRules>`,
    { maxMetadata: 6, maxElements: 20 },
  );
  const [assembly] = rules.metadata?.children ?? [];
  assert.deepEqual(
    assembly?.children.map(({ children }) => children.length),
    [2, 1],
  );
  assert.equal(rules.isMetadataComplete, false);
  assert.equal(rules.isInstalled?.name, 'True');
});

test('broken cores are refused with a place', () => {
  const cases: readonly (readonly [string, code: string, path: string])[] = [
    ['', 'update.missing-element', ''],
    ['<UpdateIdentity UpdateID="x" RevisionNumber="1" /><Properties />', 'update.bad-guid', 'UpdateIdentity'],
    [`${HEAD}<Properties />`, 'update.duplicate-element', 'Properties'],
    [
      `${HEAD}<ApplicabilityRules><IsInstalled><True /><True /></IsInstalled></ApplicabilityRules>`,
      'update.unexpected-element',
      'ApplicabilityRules/IsInstalled/True',
    ],
    [`${HEAD}<Relationships>`, 'update.not-xml', 'Relationships'],
    [`${HEAD}stray`, 'update.not-xml', ''],
    [`${HEAD}</Properties>`, 'update.not-xml', ''],
    [`<!DOCTYPE a>${HEAD}`, 'update.not-xml', ''],
    [`${HEAD}<ApplicabilityRules><IsInstalled>${'<Not>'.repeat(200)}`, 'update.too-deep', ''],
  ];
  for (const [xml, code, path] of cases) {
    const result = readCore(xml);
    assert.ok(!result.ok);
    assert.equal(result.code, code, xml.slice(0, 200));
    if (code !== 'update.too-deep') assert.equal(result.path, path, xml);
  }
});

test('an extended fragment is read: behaviour, files, install command', () => {
  const digest = Buffer.alloc(20, 1);
  const result = readExtended(
    `<ExtendedProperties DefaultPropertiesLanguage="en" Handler="urn:h" MaxDownloadSize="7" MsrcSeverity="Important"><SupportUrl>https://s.example</SupportUrl><SecurityBulletinID>MS17-010</SecurityBulletinID><KBArticleID>654321</KBArticleID><InstallationBehavior RebootBehavior="CanRequestReboot" /><UninstallationBehavior /></ExtendedProperties><Files><File Digest="${digest.toString('base64')}" DigestAlgorithm="SHA1" FileName="a.exe" Size="7" /></Files><HandlerSpecificData type="cmd:CommandLineInstallation"><InstallCommand Program="a.exe" Arguments="/q" RebootByDefault="false" DefaultResult="Failed"><ReturnCode Code="0" Result="Succeeded" /><ReturnCode Code="-2147021886" Result="Succeeded" Reboot="true" /></InstallCommand></HandlerSpecificData>`,
  );
  assert.ok(result.ok);
  const { handlerData, ...extended } = result.extended;
  assert.equal(handlerData?.attributes.type, 'cmd:CommandLineInstallation');
  assert.deepEqual(extended, {
    properties: { DefaultPropertiesLanguage: 'en', Handler: 'urn:h', MaxDownloadSize: '7', MsrcSeverity: 'Important' },
    kb: '654321',
    severity: 'Important',
    isBeta: false,
    handler: 'urn:h',
    bulletins: ['MS17-010'],
    supportUrl: 'https://s.example',
    reboot: 'CanRequestReboot',
    impact: 'Normal',
    removable: true,
    files: [{ sha1: digest.toString('hex'), name: 'a.exe', size: 7 }],
    installCommand: {
      program: 'a.exe',
      arguments: '/q',
      rebootByDefault: false,
      defaultResult: 'Failed',
      returnCodes: [
        { code: 0, result: 'Succeeded', reboot: false },
        { code: -2147021886, result: 'Succeeded', reboot: true },
      ],
    },
  });
});

test('broken extended fragments are refused', () => {
  const properties = '<ExtendedProperties />';
  const cases: readonly (readonly [string, string])[] = [
    ['', 'update.missing-element'],
    ['<Properties />', 'update.missing-element'],
    ['<ExtendedProperties MsrcSeverity="Terrible" />', 'update.bad-value'],
    [`${properties}<Files><File FileName="a" Size="1" Digest="AA==" /></Files>`, 'update.bad-digest'],
    [`${properties}<HandlerSpecificData><InstallCommand /></HandlerSpecificData>`, 'update.missing-attribute'],
  ];
  for (const [xml, code] of cases) {
    const result = readExtended(xml);
    assert.equal(result.ok ? 'read' : result.code, code, xml);
  }
});
