import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { readSysteminfo, type SysteminfoFacts } from '#domain/fleet/systeminfo.ts';

/** The labels of one language down to the network cards; the words between and before the numbers of the version. */
interface Language {
  readonly labels: readonly string[];
  readonly version: string;
  readonly family: string;
  readonly memory: string;
}

const FRENCH: Language = {
  labels: [
    ...['Nom de l’hôte', 'Nom du système d’exploitation', 'Version du système', 'Fabricant du système d’exploitation'],
    ...[
      'Configuration du système d’exploitation',
      'Type de build du système d’exploitation',
      'Propriétaire enregistré',
    ],
    ...['Organisation enregistrée', 'Identificateur de produit', 'Date d’installation originale'],
    ...[
      'Heure de démarrage du système',
      'Fabricant du système',
      'Modèle du système',
      'Type du système',
      'Processeur(s)',
    ],
    ...['Version du BIOS', 'Répertoire Windows', 'Répertoire système', 'Périphérique de démarrage'],
    ...['Option régionale du système', 'Paramètres régionaux d’entrée', 'Fuseau horaire', 'Mémoire physique totale'],
    ...['Mémoire physique disponible', 'Mémoire virtuelle : taille maximale', 'Mémoire virtuelle : disponible'],
    ...['Mémoire virtuelle : en cours d’utilisation', 'Emplacements des fichiers d’échange', 'Domaine'],
    ...['Serveur d’ouverture de session', 'Correctif(s)', 'Carte(s) réseau'],
  ],
  version: '10.0.17763 N/A version 17763',
  family: 'PC à base de x64',
  memory: '16\u202f383 Mo',
};
const GERMAN: Language = {
  labels: [
    ...['Hostname', 'Betriebssystemname', 'Betriebssystemversion', 'Betriebssystemhersteller'],
    ...[
      'Betriebssystemkonfiguration',
      'Betriebssystem-Buildtyp',
      'Registrierter Benutzer',
      'Registrierte Organisation',
    ],
    ...['Produkt-ID', 'Ursprüngliches Installationsdatum', 'Systemstartzeit', 'Systemhersteller', 'Systemmodell'],
    ...['Systemtyp', 'Prozessor(en)', 'BIOS-Version', 'Windows-Verzeichnis', 'System-Verzeichnis', 'Startgerät'],
    ...['Systemgebietsschema', 'Eingabegebietsschema', 'Zeitzone', 'Gesamter physischer Speicher'],
    ...['Verfügbarer physischer Speicher', 'Virtueller Arbeitsspeicher: Maximale Größe'],
    ...['Virtueller Arbeitsspeicher: Verfügbar', 'Virtueller Arbeitsspeicher: Zurzeit verwendet'],
    ...['Auslagerungsdateipfad(e)', 'Domäne', 'Anmeldeserver', 'Hotfix(es)', 'Netzwerkkarte(n)'],
  ],
  version: '10.0.17763 Nicht zutreffend Build 17763',
  family: 'x64-basierter PC',
  memory: '16.383 MB',
};
const JAPANESE: Language = {
  labels: [
    ...['ホスト名', 'OS 名', 'OS バージョン', 'OS 製造元', 'OS 構成', 'OS ビルドの種類', '登録されている所有者'],
    ...['登録されている組織', 'プロダクト ID', '最初のインストール日付', 'システム起動時間', 'システム製造元'],
    ...['システム モデル', 'システムの種類', 'プロセッサ', 'BIOS バージョン', 'Windows ディレクトリ'],
    ...['システム ディレクトリ', '起動デバイス', 'システム ロケール', '入力ロケール', 'タイム ゾーン'],
    ...['物理メモリの合計', '利用できる物理メモリ', '仮想メモリ: 最大サイズ', '仮想メモリ: 利用可能'],
    ...['仮想メモリ: 使用中', 'ページ ファイルの場所', 'ドメイン', 'ログオン サーバー', 'ホットフィックス'],
    'ネットワーク カード',
  ],
  version: '10.0.17763 N/A ビルド 17763',
  family: 'x64-based PC',
  memory: '16,383 MB',
};
const SPANISH: Language = {
  labels: [
    ...['Nombre de host', 'Nombre del sistema operativo', 'Versión del sistema operativo'],
    ...['Fabricante del sistema operativo', 'Configuración del sistema operativo'],
    ...['Tipo de compilación del sistema operativo', 'Propiedad de', 'Organización registrada', 'Id. del producto'],
    ...['Fecha de instalación original', 'Tiempo de arranque del sistema', 'Fabricante del sistema'],
    ...['Modelo el sistema', 'Tipo de sistema', 'Procesador(es)', 'Versión del BIOS', 'Directorio de Windows'],
    ...['Directorio de sistema', 'Dispositivo de arranque', 'Configuración regional del sistema', 'Idioma de entrada'],
    ...['Zona horaria', 'Cantidad total de memoria física', 'Memoria física disponible'],
    ...['Memoria virtual: tamaño máximo', 'Memoria virtual: disponible', 'Memoria virtual: en uso'],
    ...['Ubicación(es) de archivo de paginación', 'Dominio', 'Servidor de inicio de sesión', 'Revisión(es)'],
    'Tarjeta(s) de red',
  ],
  version: '10.0.17763 N/D Compilación 17763',
  family: 'x64-based PC',
  memory: '16.383 MB',
};
const LANGUAGES = { FRENCH, GERMAN, JAPANESE, SPANISH };

const FACTS: SysteminfoFacts = {
  hostName: 'SRV-01',
  operatingSystem: 'Windows Server 2019 Standard',
  build: 17763,
  model: 'Contoso: Systems Rack 7,1',
  domain: 'corp.example',
  hotfixes: ['KB4462930', 'KB4470788'],
};

/** Values of a machine, each with what is listed below it. */
function values({ version, family, memory }: Language): readonly (readonly string[])[] {
  return [
    ...[['SRV-01'], ['Microsoft Windows Server 2019 Standard'], [version], ['Microsoft Corporation'], ['…'], ['…']],
    ...[['Jo: x64'], [''], ['00430-70000'], ['03/10/2018, 02:06:51'], ['13/01/2019, 13:52:11'], ['Contoso: Systems']],
    ...[['Rack 7,1'], [family], ['1', '[01]: Intel64 Family 6 Model 78 ~2496 Mhz'], ['VMW71, 21/08/2018']],
    ...[['C:\\Windows'], ['C:\\Windows\\system32'], ['\\Device\\HarddiskVolume2'], ['xx;X'], ['xx;X']],
    ...[['(UTC+01:00) X'], [memory], ['1'], ['1'], ['1'], ['1'], ['C:\\pagefile.sys', 'D:\\pagefile.sys']],
    ...[['Corp.Example'], ['\\\\DC1'], ['2', '[01]: KB4462930', '[02]: KB4470788'], ['1', '[01]: Contoso KB']],
  ];
}

function asList(language: Language): string {
  const lines = values(language).map(([value, ...below], at) =>
    [`${language.labels[at]}: ${' '.repeat(12)}${value}`, ...below.map((one) => ' '.repeat(27) + one)].join('\r\n'),
  );
  return `\r\n${lines.join('\r\n')}\r\n`;
}

function asCsv(language: Language): string {
  const row = (fields: readonly string[]) => fields.map((field) => `"${field}"`).join(',');
  return `\r\n${row(language.labels)}\r\n${row(values(language).map((parts) => parts.join(',')))}\r\n`;
}

for (const [name, language] of Object.entries(LANGUAGES)) {
  it(`reads a list in ${name.toLowerCase()}, whatever its labels`, () => {
    assert.deepEqual(readSysteminfo(asList(language)), { ok: true, facts: FACTS });
  });
  it(`reads CSV in ${name.toLowerCase()}, with and without its header`, () => {
    assert.deepEqual(readSysteminfo(asCsv(language)), { ok: true, facts: FACTS });
    const withoutHeader = asCsv(language).split('\r\n').slice(2).join('\r\n');
    assert.deepEqual(readSysteminfo(withoutHeader), { ok: true, facts: FACTS });
  });
}

it('has no domain of a workgroup, and no model where the machine tells none', () => {
  const text = asList(GERMAN)
    .replace('Corp.Example', 'WORKGROUP')
    .replace('Contoso: Systems', 'N/A')
    .replace('Rack 7,1', '');
  const { domain: _domain, model: _model, ...rest } = FACTS;
  assert.deepEqual(readSysteminfo(text), { ok: true, facts: rest });
});

it('names the line of what it does not understand', () => {
  const problems = (text: string) => {
    const reading = readSysteminfo(text);
    return reading.ok ? 'read' : [reading.problem.line, reading.problem.message.split('"').length];
  };
  assert.deepEqual(problems(''), [1, 1]);
  assert.deepEqual(problems('\nName,OperatingSystem\nSRV-01,Windows'), [2, 1]);
  assert.deepEqual(problems(asList(FRENCH).replace('SRV-01', 'not a name')), [2, 3]);
  assert.deepEqual(problems(asList(FRENCH).replace(/Microsoft Windows Server/, 'Debian')), [3, 3]);
  assert.deepEqual(problems(`${asList(FRENCH)}${asList(FRENCH)}`), [42, 1], 'two machines in one file');
  assert.deepEqual(problems('x'.repeat(600 * 1024)), [1, 1]);
});

it('answers every text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.nat({ max: 2_000 }), (noise, at) => {
      const text = asList(GERMAN);
      const reading = readSysteminfo(text.slice(0, at) + noise + text.slice(at + noise.length));
      assert.equal(typeof reading.ok, 'boolean');
    }),
  );
});
