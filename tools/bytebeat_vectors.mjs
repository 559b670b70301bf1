// SPDX-License-Identifier: Apache-2.0
// Expected samples of small songs, computed by a JavaScript engine: the oracle of src/sound/bytebeat/compile.test.cpp.
//   node tools/bytebeat_vectors.mjs > src/sound/bytebeat/testdata/js_vectors.txt
// Each line: the song, a tab, and v & 255 at the values of t below. Songs on which 32-bit words differ from doubles by
// design are not here but in docs/bytebeat.md.
//   node tools/bytebeat_vectors.mjs songs/*.song > src/sound/bytebeat/testdata/song_sha256.txt
// Each line: SHA-256 of the 80,000 bytes v & 255, and the file.
import {createHash} from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
const times = [0, 1, 2, 3, 4, 5, 6, 7, 1000, 4321, 79999];
const songs = [
  '1+2*3', '(1+2)*3', '10-4-3', '2*3%4', '7&3|8', '1|2^3&1', '1<<2+1', '-8>>1', '-8>>>28', '-8>>>0', '1<2', '2<=1',
  '2>1', '1>=2', '1==1', '1===2', '1!=2', '1!==1', '5<3==0', '4&5==5', '1||0&&0', '0||7', '3&&9', '0&&9', '!5', '!0',
  '~5', '-5', '+7', '- -7', '1?2:3', '0?2:1?4:5', 't', 't+1', 't-1', '1-t', 't*t', 't*3', 't/3', 't%7', '-t%7',
  't&15', 't|16', 't^5', 't<<1', 't>>1', 't<<33', 't>>-1', 't>>>1', '-t>>1', '-t>>>1', '-t>>>24', 't<5', 't>5',
  't<=5', 't>=5', 't==5', 't!=5', 't&&7', 't||7', '!t', '~t', 't?1:2', 't%3?t:-t', 't%3<2', 't/2<3', 't/2>3',
  't/2==1.5', 't*1.5', 't*.5', 't*1.1', 't/1.5', 't/4+t/4', 't/3+t/5', 't/3*3', 't/8*t/8', 't%2.5', 't/2%3', '-t/2',
  '-t/2&255', '5/t', '5%t', '100/(t-3)', '100%(t-3)', 't/(t&3)', 't>2&&t<6', 't<2||t>6', 't&1?t&2?30:20:10',
  'a=t,a+a', 'a=t*2,b=a+1,a*b', 'a=t,a=a+1,a*a', 't*=2,t+1', 'a=5,a+=t,a<<=1,a-=3,a', 't,7', '0x1F&t', '0b101*t',
  '0o17+t', '017+t', '1e2+t', '1.5e1*t', '.5*t', '0xCA98>>(t&14)&15', '0xCA98CA98>>t', '4294967295*t',
  '4294967296+t', 't*4294967297', '2147483648|t', 't-2147483648', 'int(t/3)', 'floor(-t/3)', 'ceil(t/3)',
  'round(t/3)', 'abs(t-4)', 'min(t,4)', 'max(t,4,5)', 'sign(t-3)', 'trunc(-t/2)', 'Math.floor(t/2)', 'Math.PI*2',
  'PI*t', 'sqrt(16)+t', '[1,2,3][t]', '[1,2,3][t&1]', '[10,20,30][t-1]', '[1.5,2.5][t&1]*2', '[t,t*2,7][t%3]',
  '"1234"[t]', '"1234"[t&3]*t', '"12x4"[t&3]*2', '"ABC".charCodeAt(t%3)', '"0a"[t&1]|0', 'parseInt("0zA"[t%3],36)',
  '[3,5][t&1]/2', '2**([0,12,24][t%3]/12)', '2**3', '2**3**0', '(-2)**2', 't**2', '"123".length+t', '[1,2].length',
  '[[1,2],[3,4]][1][t&1]', 't?t>4?1:2:3', 't/*c*/+2', 't;', '(t,t+1)', '(a=t)+a', 'a=b=t,a+b', 't*(t>3)', 't%(t>>1)',
  't/(t%3)', "'7'*t", 't*"3"', 't-"2"', 't/0', 't%0', '1/0', '[1,2,][t]', '(t&7)*1e3/7', '(t*9+3)%5*1.25', 't>>>0',
  '(t-5)>>>30', '(t-4)/4', '(t-4)%4/2', '(t-4)/4*8', 'floor((t-4)/4)', 't/3|0', 't/3&t/5', 't/3^t', 't/3>>1',
  't>>t/3', 't/3<<t/5', '~(t/3)', '!(t/3-1)', 't/3==1', 't/3<t/5+1', 't/3?5:6', 't/3&&t/5', 't/3||9', 't&1?t/3:t/5',
  '(t&1?t/3:t/5)*15', 't/(t>>1)*2', '1000/t/3', 't*.1*.1*100', 't*1.0594630943592953', 't/40.743648', 'E*t',
  '(t&3)/3*(t&3)/3*9', 't- -t', 't+ +t', 't+-t', '-t*-t', '-(t/2)', '-t/2+5', '5-t/2', '10-t/3*2', 't%4-2',
  '(t%4-2)%2', '((t%4-2)/2)%1*4', 't%1', 't%-3', 't/-3', '-t%-3', 't>>>31', '(t^-1)>>>t', '1<<t', '1<<31>>t',
  '-1>>>t>>>1', '7-(t<4?t:8-t)', '(t>>1)*(t&1)', 't*2/64', '(t&1)/(t+9)?3:5', 't/(t>>2)&&2', '(f=x=>x*3)(t)+f(2)', '2**(t>>14)', 'round(sin(t&15)*100)', 't*5&(t>>7)|t*3&(t*4>>10)', 't*(42&t>>10)',
  'a=1,t>5?a=t*3:0,a', 'a=1,t>5&&(a=t*3),a', 'a=1,t>5||(a=t*3),a', 'a=t,t>>2&&(a*=2,a+=1),a', 't&8?t=5:0,t',
  'a=0,b=0,t&1?(a=t,t&2?(b=a,a=5):b=3):(a=b+1),a*16+b', 'x=t,t&16&&(x=x>>1,t&8&&(x^=5)),x', 'a=3,f=x=>a=x,t&4&&f(t),a',
  'a=5,b=a++*10+ ++a,b+a--+a+t', 't++*t', 'f=n=>{let s=0;for(let i=0;i<4;i++)s+=n>>i;return s},f(t)',
  's=0,f=()=>{var i=3;while(i--)s+=i*t;},f(),s', 'f=x=>{for(let i=0;i<3;i++)if(x>>i&1)return i;return 9},f(t)',
  'f=x=>{if(x>8){return 1}else if(x>4)return 2;x+=7;if(x&1)return x;return 0},f(t)',
  'f=x=>{var k=2;if(x&3){var k=x*2;if(x&4)k+=1;else{k-=3;return k*5}}return k},f(t)+f(t>>3)',
  'f=(x,n)=>{let y=x;while(n-->0){y^=y>>n;if(y>40)return y;}return y-1},f(t,5)',
  'f=x=>{let s=0;for(const n of[1,5,2]){let s2=x>>n;s=s*2+s2}return s},f(t)', 'f=function(x){{let x=9}return x+1},f(t)',
  '[1,2,3].map(x=>x*x)[t&3]|0', '[1,3,5].map((x,i)=>t>>x&i).reduce((a,b)=>a+b)', '[4,5].reduce((a,x)=>a^t*x,1)',
];
const names = Object.getOwnPropertyNames(Math);
const values = names.map(name => Math[name]);
const sampler = song => {
  const f = new Function(...names, 'int', 't', `return 0,\n${song}\n;`);
  return t => f(...values, Math.floor, t) & 255;
};
const files = process.argv.slice(2);
if (files.length === 0) {
  for (const song of songs) console.log(`${song}\t${times.map(sampler(song)).join(' ')}`);
}
for (const file of files) {
  const source = fs.readFileSync(file, 'utf8').replace(/^#.*$/gm, '');
  const f = sampler(source);
  const samples = Uint8Array.from({length: 80000}, (_, t) => f(t));
  console.log(createHash('sha256').update(samples).digest('hex'), path.basename(file));
}
